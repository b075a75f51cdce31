import { toHex } from '../internal/bytes.ts';
import { BLOB_SHAPE, requireBlobRecord } from './blob-segment.ts';
import type { BlobLocation, BlobRecord, PackInfo } from './blob-segment.ts';
import { damagedSegment } from './directory.ts';
import { createPackTable } from './pack-table.ts';
import type { PackTable } from './pack-table.ts';
import { createRecordIndex } from './record-index.ts';
import type { IndexMode, LookUpOptions, RecordIndex, RecordSegments } from './record-index.ts';
import type { RecordLog } from './record-log.ts';

/** Where blobs lie: what segments say, and what was added since. */
export interface BlobIndex {
  /** Where a blob lies; if it lies in several places, one of them. */
  find(id: Uint8Array, options?: LookUpOptions): Promise<BlobLocation | undefined>;
  /** Where blobs lie, in the order of the ids. Many at once cost less than one by one. */
  findMany(ids: readonly Uint8Array[], options?: LookUpOptions): Promise<(BlobLocation | undefined)[]>;
  /** Whether the index knows blobs, in the order of the ids. */
  hasMany(ids: readonly Uint8Array[], options?: LookUpOptions): Promise<boolean[]>;
  /**
   * Adds one blob; it is found from now on.
   *
   * @throws A `RangeError` if the record does not have the form of the format.
   */
  add(id: Uint8Array, location: BlobLocation): void;
  /** Hands out what was added since the last time, to be written into segments. It stays findable. */
  take(): TakenBlobs;
  /** Every pack the index knows, once each. */
  packs(): Iterable<PackInfo>;
  /** The part that this index has in common with that of items. */
  readonly records: RecordIndex;
  /** The packs by number. */
  readonly packTable: PackTable;
}

/** Blobs that were taken out of an index to be written. */
export interface TakenBlobs {
  /** How many there are. */
  readonly size: number;
  /** Some of them, by their numbers. */
  records(from: number, to: number): IterableIterator<BlobRecord>;
  /** Says in which segments they stand now. */
  stored(hashes: Iterable<string>): void;
  /** Says that they could not be stored: they count as new again. */
  giveBack(): void;
}

/** Options of {@link createBlobIndex}. */
export interface BlobIndexOptions {
  /** The segments to look into. @defaultValue none */
  readonly segments?: RecordSegments | undefined;
  /** See {@link IndexMode}. @defaultValue `auto` */
  readonly mode?: IndexMode | undefined;
  /** Bytes that the table in memory may take. @defaultValue no limit */
  readonly memory?: number | undefined;
}

const LENGTH_BITS = 20;

/** Makes an index that knows nothing but what its segments say. */
export function createBlobIndex(options: BlobIndexOptions = {}): BlobIndex {
  const packs = createPackTable();
  const payload = new Uint32Array(4);
  const records = createRecordIndex({
    ...options,
    shape: BLOB_SHAPE,
    several: false,
    read(view, offset, segment, into) {
      const number = segment.numbers[view.getUint32(offset + 32)];
      const place = {
        ordinal: view.getUint32(offset + 36),
        offset: view.getUint32(offset + 40),
        length: view.getUint32(offset + 44),
      };
      if (number === undefined || !isInside(place)) {
        throw damagedSegment(segment.object, 'an index record that points outside a pack');
      }
      encode(number, place, into);
    },
  });

  function location(): BlobLocation {
    const { number, ...rest } = decode(payload);
    return { pack: packs.get(number), ...rest };
  }

  async function findMany(ids: readonly Uint8Array[], lookUp?: LookUpOptions): Promise<(BlobLocation | undefined)[]> {
    const found: (BlobLocation | undefined)[] = Array.from({ length: ids.length });
    const words = new Uint32Array(4);
    await records.lookUp(
      ids,
      words,
      (number) => {
        payload.set(words);
        found[number] = location();
      },
      lookUp,
    );
    return found;
  }

  return {
    records,
    packTable: packs,
    findMany,
    find: async (id, lookUp) => (await findMany([id], lookUp))[0],
    async hasMany(ids, lookUp) {
      const known = ids.map(() => false);
      await records.lookUp(ids, new Uint32Array(4), (number) => (known[number] = true), lookUp);
      return known;
    },
    add(id, place) {
      requireBlobRecord({ id, location: place });
      encode(packs.numberOf(place.pack), place, payload);
      records.add(id, payload);
    },
    take() {
      const taken = records.take();
      return {
        size: taken.size,
        records: (from, to) => recordsOf(taken, packs, { from, to }),
        stored: (hashes) => records.stored(hashes),
        giveBack: () => records.giveBack(taken),
      };
    },
    *packs() {
      const known = new Set<string>();
      for (let number = 0; number < packs.size; number++) {
        const pack = packs.get(number);
        const name = `${toHex(pack.name)} ${pack.size}`;
        if (known.has(name)) continue;
        known.add(name);
        yield pack;
      }
    },
  };
}

function* recordsOf(
  taken: RecordLog,
  packs: PackTable,
  range: { readonly from: number; readonly to: number },
): IterableIterator<BlobRecord> {
  const payload = new Uint32Array(4);
  for (let from = range.from; from < Math.min(range.to, taken.size); from++) {
    let id = new Uint8Array();
    taken.each(payload, (key) => (id = key.slice()), { from, to: from + 1 });
    const { number, ...location } = decode(payload);
    yield { id, location: { pack: packs.get(number), ...location } };
  }
}

type Place = Omit<BlobLocation, 'pack'>;

/** Seven bits of the length; offset; ordinal and twelve bits of the length; number of the pack and the rest. */
function encode(number: number, { ordinal, offset, length }: Place, into: Uint32Array): void {
  into[0] = length >>> LENGTH_BITS;
  into[1] = offset;
  into[2] = (ordinal << 12) | ((length >>> 8) & 0xf_ff);
  into[3] = (number << 8) | (length & 0xff);
}

function decode(payload: Uint32Array): Place & { readonly number: number } {
  return {
    number: payload[3]! >>> 8,
    ordinal: payload[2]! >>> 12,
    offset: payload[1]!,
    length: payload[0]! * 2 ** LENGTH_BITS + (payload[2]! & 0xf_ff) * 256 + (payload[3]! & 0xff),
  };
}

/** Whether the numbers fit into the table. That they lie within the pack is checked when a blob is read. */
function isInside({ ordinal, length }: Place): boolean {
  return ordinal < 2 ** 20 && length < 2 ** 27;
}
