const CR = 0x0d;
const LF = 0x0a;

/** How far a header goes: {@link headerEnd}. */
export interface HeaderEnd {
  /** Up to here the bytes belong to the header for certain. */
  readonly end: number;
  /** Whether it ends there. */
  readonly isFound: boolean;
}

/**
 * Looks for the first empty line, which is the last one of a header. Lines end in LF, or CR and LF.
 *
 * @param isStart Whether the part begins with these bytes, so that an empty line may be its first.
 * @param isLast Whether it ends with them: then all of it is header where no line is empty.
 */
export function headerEnd(bytes: Uint8Array, isStart: boolean, isLast: boolean): HeaderEnd {
  if (isStart) {
    const first = emptyLineEnd(bytes, 0);
    if (first > 0) return { end: first, isFound: true };
    if (first === 0 && !isLast) return { end: 0, isFound: false };
  }
  for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1)) {
    const end = emptyLineEnd(bytes, at + 1);
    if (end > 0) return { end, isFound: true };
    if (end === 0 && !isLast) return { end: at, isFound: false };
  }
  return { end: bytes.length, isFound: false };
}

/** Where the line at `at` ends if it is empty; -1 if it is not, 0 if more bytes must tell. */
function emptyLineEnd(bytes: Uint8Array, at: number): number {
  if (at === bytes.length) return 0;
  if (bytes[at] === LF) return at + 1;
  if (bytes[at] !== CR) return -1;
  if (at + 1 === bytes.length) return 0;
  return bytes[at + 1] === LF ? at + 2 : -1;
}
