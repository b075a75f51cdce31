import { hash } from 'node:crypto';

/** Numbers by text, for very many texts: some twenty bytes each, however long the text is. */
export interface TextTable {
  /** Whether the text was set. */
  has(text: string): boolean;
  /** Its number; undefined if it was not set. */
  get(text: string): number | undefined;
  /** Sets its number, an integer from 0 to 2^32 - 1. */
  set(text: string, value: number): void;
  /** So many texts were set. */
  readonly size: number;
}

/** Three words of the digest, and the number. */
const WORDS = 4;
const FIRST_CAPACITY = 16;
/** Slots that are taken at most, of all. */
const FULLEST = 0.7;

/**
 * Makes an empty {@link TextTable}. It knows a text by 96 bits of its SHA-256: two texts are taken for one as good as
 * never. Nothing can be taken out, and the texts do not come back.
 */
export function createTextTable(): TextTable {
  let capacity = FIRST_CAPACITY;
  let slots = new Uint32Array(capacity * WORDS);
  let size = 0;
  const sought = new Uint32Array(3);

  function digest(text: string): void {
    const bytes = hash('sha256', text, 'binary');
    for (let word = 0; word < 3; word += 1) {
      let value = 0;
      for (let i = word * 4; i < word * 4 + 4; i += 1) value = value * 256 + bytes.charCodeAt(i);
      sought[word] = value;
    }
    // All zero is a free slot.
    sought[0] = sought[0]! | 1;
  }

  /** Where the words sought are, or belong. */
  function locate(table: Uint32Array, [a, b, c]: Uint32Array): number {
    const mask = table.length / WORDS - 1;
    let slot = b! & mask;
    for (;;) {
      const at = slot * WORDS;
      if (table[at] === 0 || (table[at] === a && table[at + 1] === b && table[at + 2] === c)) return at;
      slot = (slot + 1) & mask;
    }
  }

  function grow(): void {
    capacity *= 2;
    const larger = new Uint32Array(capacity * WORDS);
    for (let at = 0; at < slots.length; at += WORDS) {
      if (slots[at] === 0) continue;
      const slot = slots.subarray(at, at + WORDS);
      larger.set(slot, locate(larger, slot));
    }
    slots = larger;
  }

  function find(text: string): number {
    digest(text);
    return locate(slots, sought);
  }

  return {
    has: (text) => size > 0 && slots[find(text)] !== 0,
    get(text) {
      if (size === 0) return undefined;
      const at = find(text);
      return slots[at] === 0 ? undefined : slots[at + 3];
    },
    set(text, value) {
      if (size >= capacity * FULLEST) grow();
      const at = find(text);
      if (slots[at] === 0) size += 1;
      slots.set(sought, at);
      slots[at + 3] = value;
    },
    get size() {
      return size;
    },
  };
}
