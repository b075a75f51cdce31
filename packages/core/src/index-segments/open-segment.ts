import type { OperationOptions } from '@holdfast/contracts';
import { createLruCache } from '../internal/lru-cache.ts';
import { concatBytes } from '../internal/bytes.ts';
import { freeBytes } from '../internal/free-bytes.ts';
import { objectName } from '../objects/object-name.ts';
import type { StoredObject } from '../objects/object-store.ts';
import { damagedSegment, decodeDirectory } from './directory.ts';
import type { DecodedDirectory, SegmentKind } from './directory.ts';
import { checkSorted, RECORDS_PER_BLOCK } from './record-table.ts';
import type { RecordShape } from './record-table.ts';
import { createSegmentBytes, SMALL_SEGMENT } from './segment-bytes.ts';
import type { SegmentContext } from './segment-bytes.ts';
import { filtersIn, readSegmentHead } from './segment-object.ts';
import type { SegmentHead } from './segment-object.ts';

/** A segment of which the beginning was read: where its blocks are, and what they begin with. */
export interface OpenSegment extends StoredObject {
  /** Its name in the repository, for errors. */
  readonly object: string;
  /** What it tells about. */
  readonly kind: SegmentKind;
  /** How many records it has. */
  readonly count: number;
  /** How many blocks it has. */
  readonly blocks: number;
  /** The first key of each block, back to back. */
  readonly fences: Uint8Array;
  /** Numbers of its packs or collections among those of all segments. */
  readonly numbers: Uint32Array;
  /** Where its blobs are. */
  readonly head: Omit<SegmentHead, 'directory'>;
  /** 1 if it has a filter, else 0. */
  readonly filters: number;
}

/** What opening a segment gives: what is kept of it, and the directory, which is not. */
export interface OpenedSegment {
  /** The segment. */
  readonly segment: OpenSegment;
  /** Its directory. */
  readonly directory: DecodedDirectory;
}

/** Reads segments by ranges. */
export interface SegmentReader {
  /**
   * Opens a segment: one range read, or two where the directory is long.
   *
   * @param numbersOf - Turns what the directory lists into numbers.
   * @throws `ERR_OBJECT_DAMAGED`, `ERR_SEAL_BROKEN`, `ERR_VERSION_UNSUPPORTED` and the like.
   */
  open(
    object: StoredObject,
    numbersOf: (directory: DecodedDirectory, object: string) => Uint32Array,
    options?: OperationOptions,
  ): Promise<OpenedSegment>;
  /**
   * Gives what `use` makes of the filter, for so many keys; it is an empty one if the segment has none, or as long as the blocks
   * that were looked for without it are shorter. As many filters as there is memory for are kept, the others read each time.
   * Afterwards its bytes may be gone.
   */
  withFilter<T>(
    segment: OpenSegment,
    keys: number,
    use: (filter: Uint8Array) => T,
    options?: OperationOptions,
  ): Promise<T>;
  /** Gives the memory of filters and blocks back, to whoever needs it more for a while. */
  release(): void;
  /** Reads one block of records, checked, and calls `use` with it. Afterwards its bytes may be gone. */
  withBlock(
    segment: OpenSegment,
    number: number,
    use: (block: Uint8Array) => void,
    options: OperationOptions & { readonly shape: RecordShape },
  ): Promise<void>;
  /** Reads all blocks in order, several with one range read. A block is gone when the next one is asked for. */
  blocks(segment: OpenSegment, shape: RecordShape, options?: OperationOptions): AsyncGenerator<Uint8Array, void, void>;
  /** Reads the only block of a segment that has no records of fixed length. */
  plainBlocks(segment: OpenSegment, options?: OperationOptions): Promise<Uint8Array[]>;
  /** Keeps an object that was just written. */
  keep(hash: string, bytes: Uint8Array): Promise<void>;
}

const LONGEST_READ = 128 * 1024;

/** Bytes that keep no larger ones in memory. */
function own(bytes: Uint8Array): Uint8Array {
  return bytes.buffer.byteLength > bytes.length + SMALL_SEGMENT ? bytes.slice() : bytes;
}

/** It never says that a key is not there. */
const NO_FILTER = new Uint8Array(0);

/** Makes a {@link SegmentReader}. */
export function createSegmentReader(context: SegmentContext): SegmentReader {
  const { keyring, blockMemory, filterMemory } = context;
  const bytes = createSegmentBytes(context);
  // In clear a block may be a view into bytes that others have too.
  const drop = keyring.encrypted ? freeBytes : undefined;
  const opened = createLruCache<Uint8Array>(blockMemory, drop);
  // The first ones stay: all are needed in turn, and with more than fit the oldest would always be the next one needed.
  const keptFilters = new Map<string, Uint8Array>();
  let filterBytes = 0;
  // So many keys were looked up in a segment, as long as its filter is not kept.
  const unfiltered = new Map<string, number>();

  async function readHead(object: StoredObject, name: string, options: OperationOptions): Promise<SegmentHead> {
    let length = Math.min(object.size, SMALL_SEGMENT);
    for (;;) {
      const range = { offset: 0, length };
      const head = await bytes.read(object, range, (read) => readSegmentHead(keyring, read, name), options);
      if (!('needs' in head)) return head;
      if (head.needs <= length || head.needs > object.size) throw damagedSegment(name, 'it is too short');
      length = head.needs;
    }
  }

  function rangeOf(segment: OpenSegment, first: number, last: number): { offset: number; length: number } {
    const { offset } = segment.head.range(first);
    const end = segment.head.range(last);
    const length = end.offset + end.length - offset;
    if (offset + length > segment.size) throw damagedSegment(segment.object, 'it is too short');
    return { offset, length };
  }

  /** Whether the filter is shorter than the blocks that were read without it so far. */
  function isWorthFilter({ hash, head, filters }: OpenSegment, keys: number): boolean {
    const sought = (unfiltered.get(hash) ?? 0) + keys;
    unfiltered.set(hash, sought);
    return sought * head.range(filters).length >= head.range(0).length;
  }

  function openBlock(segment: OpenSegment, number: number, shape: RecordShape, sealed: Uint8Array): Uint8Array {
    const block = segment.head.open(segment.filters + number, sealed);
    const isLast = number === segment.blocks - 1;
    const records = isLast ? segment.count - number * RECORDS_PER_BLOCK : RECORDS_PER_BLOCK;
    const fence = segment.fences.subarray(number * shape.keyLength, (number + 1) * shape.keyLength);
    checkSorted(block, { records, fence, shape, object: segment.object });
    return block;
  }

  return {
    async open(object, numbersOf, options = {}) {
      const name = objectName('index', object.hash);
      const { directory: raw, ...head } = await readHead(object, name, options);
      const directory = decodeDirectory(raw, { object: name });
      const { segment: kind, count, fences } = directory;
      const filters = filtersIn(head.blobs, directory, name);
      const segment: OpenSegment = {
        hash: object.hash,
        size: object.size,
        object: name,
        kind,
        count,
        blocks: fences.length,
        fences: kind === 'snapshots' ? new Uint8Array(0) : concatBytes(fences),
        numbers: numbersOf(directory, name),
        head,
        filters,
      };
      return { segment, directory };
    },

    async withFilter(segment, keys, use, options) {
      const known = keptFilters.get(segment.hash);
      if (known !== undefined) return use(known);
      if (segment.filters === 0 || !isWorthFilter(segment, keys)) return use(NO_FILTER);
      const range = rangeOf(segment, 0, 0);
      const openAndUse = (sealed: Uint8Array): { readonly used: ReturnType<typeof use> } => {
        const filter = segment.head.open(0, sealed);
        const used = use(filter);
        if (!keptFilters.has(segment.hash) && filterBytes + filter.length <= filterMemory) {
          keptFilters.set(segment.hash, own(filter));
          filterBytes += filter.length;
        } else drop?.(filter);
        return { used };
      };
      return (await bytes.read(segment, range, openAndUse, options)).used;
    },

    release() {
      opened.clear();
      for (const filter of keptFilters.values()) drop?.(filter);
      keptFilters.clear();
      filterBytes = 0;
    },

    async withBlock(segment, number, use, { shape, signal }) {
      const key = `${segment.hash} ${number}`;
      const known = opened.get(key);
      if (known !== undefined) return use(known);
      const range = rangeOf(segment, segment.filters + number, segment.filters + number);
      const openAndUse = (sealed: Uint8Array): true => {
        const block = openBlock(segment, number, shape, sealed);
        use(block);
        opened.set(key, block, block.length);
        return true;
      };
      await bytes.read(segment, range, openAndUse, { signal });
    },

    async *blocks(segment, shape, options = {}) {
      await bytes.announce(segment, options);
      for (let first = 0; first < segment.blocks;) {
        let last = first;
        const lengthTo = (number: number): number =>
          rangeOf(segment, segment.filters + first, segment.filters + number).length;
        while (last + 1 < segment.blocks && lengthTo(last + 1) <= LONGEST_READ) last += 1;
        const range = rangeOf(segment, segment.filters + first, segment.filters + last);
        const openAll = (sealed: Uint8Array): Uint8Array[] =>
          Array.from({ length: last - first + 1 }, (_, i) => {
            const { offset, length } = segment.head.range(segment.filters + first + i);
            return openBlock(
              segment,
              first + i,
              shape,
              sealed.subarray(offset - range.offset, offset - range.offset + length),
            );
          });
        for (const block of await bytes.read(segment, range, openAll, options)) {
          yield block;
          // Whoever asked for the next one is done with it.
          if (context.keyring.encrypted) freeBytes(block);
        }
        first = last + 1;
      }
    },

    async plainBlocks(segment, options) {
      if (segment.blocks === 0) return [];
      const range = rangeOf(segment, 0, segment.blocks - 1);
      return bytes.read(
        segment,
        range,
        (sealed) =>
          Array.from({ length: segment.blocks }, (_, number) => {
            const { offset, length } = segment.head.range(number);
            return segment.head.open(number, sealed.subarray(offset - range.offset, offset - range.offset + length));
          }),
        options,
      );
    },

    keep: (hash, object) => bytes.keep(hash, object),
  };
}
