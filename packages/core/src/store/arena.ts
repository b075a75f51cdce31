/** Memory that pieces are put into one after the other, and that is used again once none of them is needed. */
export interface Arena {
  /** Copies bytes in behind what was put in last. */
  put(bytes: Uint8Array): void;
  /** Ends a piece: all that was put in since the last call. */
  cut(): Uint8Array;
  /** Forgets what is in it. Pieces that were cut must not be used afterwards. */
  clear(): void;
}

/** Makes an arena of that many bytes. */
export function createArena(capacity: number): Arena {
  const memory = new Uint8Array(capacity);
  let start = 0;
  let end = 0;
  return {
    put(bytes) {
      memory.set(bytes, end);
      end += bytes.length;
    },
    cut() {
      const piece = memory.subarray(start, end);
      start = end;
      return piece;
    },
    clear() {
      start = 0;
      end = 0;
    },
  };
}
