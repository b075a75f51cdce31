import { alphabetEnd, lineEndLength, readBase64Line } from './base64-line.ts';
import type { LineEnd } from './part-segment.ts';

/** What {@link findRun} found. */
export type FoundRun = RunBeginning | NoRun;

/** Lines of base64 that are enough to be decoded. */
export interface RunBeginning {
  /** Characters in a line, of which one at least is whole; 0 if there is one line, whose end is not known yet. */
  readonly line: number;
  readonly eol: LineEnd;
}

/** There is no run here. */
export interface NoRun {
  readonly line?: undefined;
  /** The next line that one may begin with; the line itself if that is not known. */
  readonly at: number;
}

/** Runs that hold fewer bytes, decoded, stay text: a source of its own costs more than it saves. */
export const SHORTEST_RUN = 1024;
/** So many bytes at least such a run has encoded. */
export const SHORTEST_RUN_ENCODED: number = Math.ceil(SHORTEST_RUN / 3) * 4;

/** Looks whether a run begins with the line at `at`; `more` if more bytes must tell, which less than 4 KiB always do. */
export function findRun(bytes: Uint8Array, at: number, end: number, isLast: boolean): FoundRun | 'more' {
  const first = readBase64Line(bytes, at, end, isLast);
  if (first === 'more') return first;
  if (first === 'long') return isLongEnough(bytes, at, end) ? { line: 0, eol: 'lf' } : { at };
  if (first === 'none' || first.padding > 0 || first.eol === 'end') return { at };
  const { characters: line, eol } = first;
  let decoded = (line / 4) * 3;
  let next = at;
  while (decoded < SHORTEST_RUN) {
    next += line + lineEndLength(eol);
    const current = readBase64Line(bytes, next, end, isLast);
    if (current === 'more') return current;
    // The line that ended a run may begin another; those before it would only be a shorter piece of this one.
    if (typeof current !== 'object' || current.characters > line) return { at: next };
    decoded += (current.characters / 4) * 3 - current.padding;
    const isLastLine = current.characters < line || current.padding > 0 || current.eol !== eol;
    if (isLastLine && decoded < SHORTEST_RUN) return { at: next };
  }
  return { line, eol };
}

/** Whether a line that is longer than others may be has enough characters to be a run by itself. */
function isLongEnough(bytes: Uint8Array, at: number, end: number): boolean {
  const enough = at + SHORTEST_RUN_ENCODED;
  return enough <= end && alphabetEnd(bytes, at, enough) === enough;
}
