/** Records that were added and stand in no segment yet: their keys and four words each, in typed arrays. */
export interface RecordLog {
  /** How many there are. */
  readonly size: number;
  /** Adds a record. */
  add(key: Uint8Array, payload: Uint32Array): void;
  /** Calls `visit` for each, in order, with its key, of which the bytes must not be kept, and its words in `payload`. */
  each(
    payload: Uint32Array,
    visit: (key: Uint8Array) => void,
    range?: { readonly from: number; readonly to: number },
  ): void;
}

const PER_CHUNK = 2048;
const WORDS = 4;

/** Makes an empty log for keys of one length. */
export function createRecordLog(keyLength: number): RecordLog {
  const chunks: { readonly keys: Uint8Array; readonly words: Uint32Array }[] = [];
  let size = 0;

  return {
    get size() {
      return size;
    },
    add(key, payload) {
      const at = size % PER_CHUNK;
      if (at === 0) {
        chunks.push({ keys: new Uint8Array(PER_CHUNK * keyLength), words: new Uint32Array(PER_CHUNK * WORDS) });
      }
      const { keys, words } = chunks.at(-1)!;
      keys.set(key, at * keyLength);
      words.set(payload, at * WORDS);
      size += 1;
    },
    each(payload, visit, { from, to } = { from: 0, to: size }) {
      for (let number = from; number < Math.min(to, size); number++) {
        const { keys, words } = chunks[Math.floor(number / PER_CHUNK)]!;
        const at = number % PER_CHUNK;
        for (let i = 0; i < WORDS; i++) payload[i] = words[at * WORDS + i]!;
        visit(keys.subarray(at * keyLength, (at + 1) * keyLength));
      }
    },
  };
}
