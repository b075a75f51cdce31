/** How lines end: CR and LF, or LF alone. */
export type LineEnd = 'crlf' | 'lf';

/** A stretch of a part that is put together from several sources: docs/format/trees.md. */
export interface PartSegment {
  /** Which source its bytes come from, counted from 0. */
  readonly source: number;
  /** How many of that source's bytes, those that follow the ones earlier segments took. */
  readonly length: number;
  /**
   * Characters in a line of base64, a multiple of 4; 0 if all of it is one line. Without it the bytes stand in the part as
   * they are.
   */
  readonly line?: number | undefined;
  /** What separates the lines; present where `line` is. No line end follows the last one. */
  readonly eol?: LineEnd | undefined;
}
