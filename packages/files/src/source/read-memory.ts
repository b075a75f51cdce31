/** Memory that files are read into, and that is used again once what was read is needed no more. */
export interface ReadMemory {
  /** So many bytes; what is in them is of no meaning. */
  take(length: number): Uint8Array;
  /** Takes them back. Nobody may use them afterwards. */
  giveBack(bytes: Uint8Array): void;
}

/** Most files fit in. */
const USUAL = 256 * 1024;
/** So many items are hardly ever read at the same time. */
const MOST_KEPT = 16;

/** Makes memory of which little is kept. What is given back and not kept is free at once, without the garbage collector. */
export function createReadMemory(): ReadMemory {
  const kept: ArrayBuffer[] = [];
  return {
    take: (length) =>
      new Uint8Array(length <= USUAL ? (kept.pop() ?? new ArrayBuffer(USUAL)) : new ArrayBuffer(length), 0, length),
    giveBack({ buffer }) {
      if (!(buffer instanceof ArrayBuffer)) return;
      if (buffer.byteLength === USUAL && kept.length < MOST_KEPT) kept.push(buffer);
      else buffer.transfer(0);
    },
  };
}
