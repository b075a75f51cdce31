import type { Collection, CollectionKind, JsonObject } from '@holdfast/contracts';
import { createByteLog } from '../internal/byte-log.ts';
import { compareBytes } from '../internal/bytes.ts';
import { createCborEncoder, decodeCbor } from '../internal/cbor.ts';
import type { CborValue } from '../internal/cbor.ts';
import { createTextTable } from '../internal/text-table.ts';

/**
 * Collections that the source told as empty and of which nothing is stored but, perhaps, their record. Where there are very
 * many collections nearly all are such, so each takes its texts and some sixty bytes, and no object.
 */
export interface QuietCollections extends Iterable<Collection> {
  /** So many there are. */
  readonly size: number;
  /** Bytes of memory that they take. */
  readonly memory: number;
  /** Whether one of that id is there. */
  has(id: string): boolean;
  /** One by its id. */
  get(id: string): Collection | undefined;
  /** Puts one in, in the place of one with the same id. It counts as not written. */
  add(collection: Collection): void;
  /** Takes one out. */
  take(id: string): Collection | undefined;
  /** Says that its record stands in the tree as it is now. */
  noteWritten(id: string): void;
  /** Those whose record is still to be written, in order of their ids. */
  unwritten(): UnwrittenCollections;
}

/** Some {@link QuietCollections}, in order of their ids. */
export interface UnwrittenCollections {
  /** So many there are. */
  readonly length: number;
  /** Id of one. */
  idAt(position: number): string;
  /** One of them, also after it was taken out. */
  at(position: number): Collection;
  /** Says that the records of all of them stand in the tree now. */
  noteWritten(): void;
}

/** The first byte of a row. */
const TAKEN = 0;
const UNWRITTEN = 1;
const WRITTEN = 2;
/** That byte, and the length of the id, which comes next. */
const ROW_HEADER = 5;
/** In a path: the collection itself. */
const ITSELF = 0;

/** What the table of ids takes for one, and what a text takes beside its characters. */
const TABLE_ENTRY = 46;
const TEXT_OVERHEAD = 80;

const UTF8 = new TextEncoder();
const FROM_UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Makes {@link QuietCollections} of which there are none. */
export function createQuietCollections(): QuietCollections {
  const rows = createByteLog();
  /** Number of the row, counted from 1; 0 for what was taken out. */
  const numbers = createTextTable();
  const encodeCbor = createCborEncoder();
  // Paths are made of ids that many have in common. Their numbers are counted from 1.
  const texts: string[] = [];
  const textNumbers = new Map<string, number>();
  let textMemory = 0;
  let size = 0;

  function numberOf(text: string): number {
    const known = textNumbers.get(text);
    if (known !== undefined) return known;
    textNumbers.set(text, texts.push(text));
    textMemory += TEXT_OVERHEAD + text.length;
    return texts.length;
  }

  function encode({ id, parentId, path, name, kind, role, hidden, metadata }: Collection): Uint8Array {
    const key = UTF8.encode(id);
    const rest = encodeCbor([
      parentId === undefined ? null : numberOf(parentId),
      path.map((step) => (step === id ? ITSELF : numberOf(step))),
      name,
      kind,
      role ?? null,
      hidden,
      metadata,
    ]);
    const row = new Uint8Array(ROW_HEADER + key.length + rest.length);
    row[0] = UNWRITTEN;
    new DataView(row.buffer).setUint32(1, key.length);
    row.set(key, ROW_HEADER);
    row.set(rest, ROW_HEADER + key.length);
    return row;
  }

  function keyOf(row: Uint8Array): Uint8Array {
    const length = new DataView(row.buffer, row.byteOffset).getUint32(1);
    return row.subarray(ROW_HEADER, ROW_HEADER + length);
  }

  function decode(row: Uint8Array): Collection {
    const key = keyOf(row);
    const id = FROM_UTF8.decode(key);
    const [parent, path, name, kind, role, hidden, metadata] = decodeCbor(row.subarray(ROW_HEADER + key.length)) as Row;
    return {
      id,
      parentId: parent === null ? undefined : texts[parent - 1],
      path: path.map((step) => (step === ITSELF ? id : texts[step - 1]!)),
      name,
      kind,
      role: role ?? undefined,
      hidden,
      metadata,
      itemCount: 0,
    };
  }

  function rowOf(id: string): Uint8Array | undefined {
    const number = numbers.get(id) ?? 0;
    return number === 0 ? undefined : rows.at(number - 1);
  }

  function drop(id: string, row: Uint8Array): void {
    row[0] = TAKEN;
    numbers.set(id, 0);
    size -= 1;
  }

  return {
    get size() {
      return size;
    },
    get memory() {
      return rows.memory + numbers.size * TABLE_ENTRY + textMemory;
    },
    has: (id) => rowOf(id) !== undefined,
    get(id) {
      const row = rowOf(id);
      return row && decode(row);
    },
    add(collection) {
      const { id } = collection;
      const before = rowOf(id);
      if (before !== undefined) drop(id, before);
      rows.add(encode(collection));
      numbers.set(id, rows.size);
      size += 1;
    },
    take(id) {
      const row = rowOf(id);
      if (row === undefined) return undefined;
      drop(id, row);
      return decode(row);
    },
    noteWritten(id) {
      const row = rowOf(id);
      if (row !== undefined) row[0] = WRITTEN;
    },
    unwritten() {
      const found: number[] = [];
      for (let number = 0; number < rows.size; number += 1) if (rows.at(number)[0] === UNWRITTEN) found.push(number);
      found.sort((a, b) => compareBytes(keyOf(rows.at(a)), keyOf(rows.at(b))));
      return {
        length: found.length,
        idAt: (position) => FROM_UTF8.decode(keyOf(rows.at(found[position]!))),
        at: (position) => decode(rows.at(found[position]!)),
        noteWritten() {
          for (const number of found) {
            const row = rows.at(number);
            if (row[0] === UNWRITTEN) row[0] = WRITTEN;
          }
        },
      };
    },
    *[Symbol.iterator]() {
      for (let number = 0; number < rows.size; number += 1) {
        const row = rows.at(number);
        if (row[0] !== TAKEN) yield decode(row);
      }
    },
  };
}

/** Parent, path, name, kind, role, whether it is hidden, metadata. */
type Row = readonly CborValue[] &
  readonly [number | null, readonly number[], string, CollectionKind, string | null, boolean, JsonObject];
