/** Byte strings that are kept back to back in large chunks, and found by their numbers. */
export interface ByteLog {
  /** So many there are. */
  readonly size: number;
  /** Bytes of memory that it takes. */
  readonly memory: number;
  /** Keeps a copy of bytes. They have the next number, from 0. */
  add(bytes: Uint8Array): void;
  /** What has that number: a view, by which it can be changed. */
  at(number: number): Uint8Array;
}

const CHUNK = 1024 * 1024;
/** Length before each. */
const LENGTH = 4;
/** What a number takes. */
const POSITION = 8;

/** Makes an empty {@link ByteLog}. */
export function createByteLog(): ByteLog {
  const chunks: Uint8Array[] = [];
  const positions: number[] = [];
  let end = 0;

  return {
    get size() {
      return positions.length;
    },
    get memory() {
      return chunks.length * CHUNK + positions.length * POSITION;
    },
    add(bytes) {
      const length = LENGTH + bytes.length;
      if (end + length > chunks.length * CHUNK) {
        end = chunks.length * CHUNK;
        // What is longer than a chunk lies in several that are one piece of memory.
        const fresh = new Uint8Array(Math.ceil(length / CHUNK) * CHUNK);
        for (let start = 0; start < fresh.length; start += CHUNK) chunks.push(fresh.subarray(start));
      }
      const chunk = chunks[Math.floor(end / CHUNK)]!;
      new DataView(chunk.buffer, chunk.byteOffset).setUint32(end % CHUNK, bytes.length);
      chunk.set(bytes, (end % CHUNK) + LENGTH);
      positions.push(end);
      end += length;
    },
    at(number) {
      const position = positions[number]!;
      const chunk = chunks[Math.floor(position / CHUNK)]!;
      const start = position % CHUNK;
      const length = new DataView(chunk.buffer, chunk.byteOffset).getUint32(start);
      return chunk.subarray(start + LENGTH, start + LENGTH + length);
    },
  };
}
