import { equalBytes } from '../internal/bytes.ts';
import type { PackInfo } from './blob-segment.ts';

/** Packs by number, each once, in typed arrays: about 120 bytes a pack. */
export interface PackTable {
  /** How many packs there are; they are numbered from 0. */
  readonly size: number;
  /** The number of a pack, which is added if it is new. */
  numberOf(pack: PackInfo): number;
  /** The pack of a number; mostly the same object for the same number. */
  get(number: number): PackInfo;
}

const NAME = 32;
const HEADER = 48;
const DOMAIN = 16;
/** Name, header, size, whether there is a domain, and that. */
const RECORD = NAME + HEADER + 4 + 1 + DOMAIN;
const PER_CHUNK = 512;
const MOST_OBJECTS = 4096;

/** Makes an empty table. */
export function createPackTable(): PackTable {
  const chunks: Uint8Array[] = [];
  const objects = new Map<number, PackInfo>();
  // Nearly always the object was seen just before.
  const seen = new WeakMap<PackInfo, number>();
  let size = 0;
  let slots = new Uint32Array(64);

  function recordAt(number: number): Uint8Array {
    const start = (number % PER_CHUNK) * RECORD;
    return chunks[Math.floor(number / PER_CHUNK)]!.subarray(start, start + RECORD);
  }

  /** The slot of a record, or the empty one where it would go. Names are as good as random. */
  function slotOf(record: Uint8Array): number {
    const mask = slots.length - 1;
    let slot = new DataView(record.buffer, record.byteOffset).getUint32(0) & mask;
    while (slots[slot] !== 0 && !equalBytes(recordAt(slots[slot]! - 1), record)) slot = (slot + 1) & mask;
    return slot;
  }

  function add(record: Uint8Array, slot: number): number {
    if (size % PER_CHUNK === 0) chunks.push(new Uint8Array(PER_CHUNK * RECORD));
    size += 1;
    recordAt(size - 1).set(record);
    slots[slot] = size;
    if (size * 2 >= slots.length) {
      slots = new Uint32Array(slots.length * 2);
      for (let number = 0; number < size; number++) slots[slotOf(recordAt(number))] = number + 1;
    }
    return size - 1;
  }

  return {
    get size() {
      return size;
    },
    numberOf(pack) {
      const known = seen.get(pack);
      if (known !== undefined) return known;
      const record = encode(pack);
      const slot = slotOf(record);
      const number = slots[slot] === 0 ? add(record, slot) : slots[slot]! - 1;
      seen.set(pack, number);
      return number;
    },
    get(number) {
      const known = objects.get(number);
      if (known !== undefined) return known;
      const pack = decode(recordAt(number));
      if (objects.size >= MOST_OBJECTS) objects.clear();
      objects.set(number, pack);
      seen.set(pack, number);
      return pack;
    },
  };
}

function encode({ name, header, size, domain }: PackInfo): Uint8Array {
  const record = new Uint8Array(RECORD);
  const view = new DataView(record.buffer);
  record.set(name);
  record.set(header, NAME);
  view.setUint32(NAME + HEADER, size);
  if (domain !== undefined) {
    view.setUint8(NAME + HEADER + 4, 1);
    record.set(domain, RECORD - DOMAIN);
  }
  return record;
}

function decode(record: Uint8Array): PackInfo {
  const view = new DataView(record.buffer, record.byteOffset);
  return {
    name: record.slice(0, NAME),
    header: record.slice(NAME, NAME + HEADER),
    size: view.getUint32(NAME + HEADER),
    ...(view.getUint8(NAME + HEADER + 4) === 1 && { domain: record.slice(RECORD - DOMAIN) }),
  };
}
