import type { OperationOptions } from '@holdfast/contracts';
import type { OpenSegment, SegmentReader } from './open-segment.ts';
import { createPrefixTable } from './prefix-table.ts';
import type { PrefixTable } from './prefix-table.ts';
import { createRecordLog } from './record-log.ts';
import type { RecordLog } from './record-log.ts';
import type { RecordShape } from './record-table.ts';
import { searchSegment } from './search-segment.ts';

/** Options of a look-up. */
export interface LookUpOptions extends OperationOptions {
  /** Whether segments that are damaged are passed over, with a warning. @defaultValue `false`: they are thrown */
  readonly tolerant?: boolean | undefined;
}

/** Where the records of an index are looked up. `auto` decides by their number, and by how many are asked for. */
export type IndexMode = 'auto' | 'memory' | 'disk';

/** The segments that a {@link RecordIndex} looks into. */
export interface RecordSegments {
  /** Those of its kind that no other one replaces. */
  list(): readonly OpenSegment[];
  /** Reads them. */
  readonly reader: SegmentReader;
  /** Hears of one that cannot be read, in a look-up that passes over it. */
  readonly onDamage: (segment: OpenSegment, error: unknown) => void;
}

/** What a {@link RecordIndex} needs. */
export interface RecordIndexOptions {
  /** The form of the records in segments. */
  readonly shape: RecordShape;
  /** Whether a key may have several records, all of which are wanted. */
  readonly several: boolean;
  /** Turns a record of a segment into words. Throws if it is malformed. */
  readonly read: (view: DataView, offset: number, segment: OpenSegment, payload: Uint32Array) => void;
  /** Where records come from; absent for an index of additions only. */
  readonly segments?: RecordSegments | undefined;
  /** See {@link IndexMode}. @defaultValue `auto` */
  readonly mode?: IndexMode | undefined;
  /** Bytes that the table in memory may take; with more, records are looked up in segments. @defaultValue no limit */
  readonly memory?: number | undefined;
}

/** Records by key, in segments and added since: the part that indexes of blobs and of items have in common. */
export interface RecordIndex {
  /** Adds a record. */
  add(key: Uint8Array, payload: Uint32Array): void;
  /**
   * Looks keys up: calls `visit` for each record found, with the number of its key, while `payload` has its words. Without
   * `several` at most once for each key.
   */
  lookUp(
    keys: readonly Uint8Array[],
    payload: Uint32Array,
    visit: (number: number) => void,
    options?: LookUpOptions,
  ): Promise<void>;
  /** Hands out what was added since the last time. It stays findable. */
  take(): RecordLog;
  /** What was taken stands in these segments now. */
  stored(hashes: Iterable<string>): void;
  /** What was taken could not be stored, and counts as new again. */
  giveBack(taken: RecordLog): void;
  /** A segment was written that has the records of those others. */
  merged(hash: string, replaced: Iterable<string>): void;
  /** Where look-ups were made last, for tests and measurements. */
  readonly mode: 'memory' | 'disk';
}

/** What the table takes for an entry, gaps included. */
const BYTES_PER_ENTRY = 27;
/** So few records are always read into memory. */
const ALWAYS_IN_MEMORY = 16 * 1024;
/** When one in so many records was asked for, reading all of them pays. */
const WORTH_LOADING = 64;
/** Keys looked up in segments at a time. */
const BATCH = 1024;

/** Makes a {@link RecordIndex}. */
export function createRecordIndex(options: RecordIndexOptions): RecordIndex {
  const { shape, several, read, segments, mode = 'auto', memory = Number.POSITIVE_INFINITY } = options;
  const words = new Uint32Array(4);
  let log = createRecordLog(shape.keyLength);
  let underway: RecordLog | undefined;
  // In memory mode everything, in disk mode what was added in this session and stands in no segment.
  let table = createPrefixTable();
  let loaded = new Set<string>();
  // Those passed over once are passed over again, by whoever may.
  const damaged = new Set<string>();
  let loading: Promise<unknown> = Promise.resolve();
  /** Look-ups that load, or wait to. */
  let loads = 0;
  let isLoaded = false;
  let asked = 0;
  let last: 'memory' | 'disk' = 'memory';

  function put(into: PrefixTable, key: Uint8Array, payload: Uint32Array): void {
    into.put(key, 0, payload, several ? 'before' : 'replace');
  }

  /** The table without what segments have. */
  function unload(): void {
    const fresh = createPrefixTable();
    for (const part of [underway, log]) part?.each(words, (key) => put(fresh, key, words));
    table = fresh;
    loaded = new Set();
    isLoaded = false;
  }

  function choose(keys: number): 'memory' | 'disk' {
    asked += keys;
    if (mode !== 'auto') return mode;
    const records = (segments?.list() ?? []).reduce((sum, { count }) => sum + count, 0);
    if (Math.max(records, table.size) * BYTES_PER_ENTRY > memory) return 'disk';
    return isLoaded || records <= ALWAYS_IN_MEMORY || asked * WORTH_LOADING >= records ? 'memory' : 'disk';
  }

  const missingIn = (tolerant: boolean): readonly OpenSegment[] =>
    (segments?.list() ?? []).filter(({ hash }) => !loaded.has(hash) && !(tolerant && damaged.has(hash)));

  /** One after the other: two that load at once would read everything twice. */
  async function loadInTurn(lookUp: LookUpOptions): Promise<void> {
    loads += 1;
    const next = loading.then(() => load(lookUp));
    loading = next.catch(() => {});
    await next.finally(() => (loads -= 1));
  }

  async function load({ tolerant = false, signal }: LookUpOptions): Promise<void> {
    const missing = missingIn(tolerant);
    isLoaded = true;
    if (missing.length === 0 || segments === undefined) return;
    const into = table;
    into.reserve(into.size + missing.reduce((sum, { count }) => sum + count, 0));
    for (const segment of missing) {
      try {
        for await (const block of segments.reader.blocks(segment, shape, { signal })) loadBlock(into, block, segment);
      } catch (error) {
        signal?.throwIfAborted();
        passOver(segment, error, tolerant);
        continue;
      }
      loaded.add(segment.hash);
    }
  }

  function passOver(segment: OpenSegment, error: unknown, tolerant: boolean): void {
    if (!tolerant) throw error;
    segments?.onDamage(segment, error);
    damaged.add(segment.hash);
  }

  function loadBlock(into: PrefixTable, block: Uint8Array, segment: OpenSegment): void {
    const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
    for (let offset = 0; offset < block.length; offset += shape.recordLength) {
      read(view, offset, segment, words);
      into.put(block, offset, words, several ? 'after' : 'keep');
    }
  }

  return {
    get mode() {
      return last;
    },

    add(key, payload) {
      log.add(key, payload);
      put(table, key, payload);
    },

    async lookUp(keys, payload, visit, { tolerant = false, signal } = {}) {
      last = choose(keys.length);
      if (last === 'memory') {
        if (loads > 0 || !isLoaded || missingIn(tolerant).length > 0) await loadInTurn({ tolerant, signal });
        for (let number = 0; number < keys.length; number++) lookInto(table, keys[number]!, number);
        return;
      }
      if (loaded.size > 0) unload();
      for (let start = 0; start < keys.length; start += BATCH) await lookIntoSegments(start);

      function lookInto(from: PrefixTable, key: Uint8Array, number: number): boolean {
        if (key.length !== shape.keyLength) return false;
        if (several) {
          from.getAll(key, payload, () => visit(number));
          return false;
        }
        const found = from.get(key, payload);
        if (found) visit(number);
        return found;
      }

      async function lookIntoSegments(start: number): Promise<void> {
        const end = Math.min(keys.length, start + BATCH);
        // Typed arrays: what lives through a collection in a look-up makes the young generation grow for good.
        const isDone = new Uint8Array(end - start);
        const numbers = new Uint32Array(end - start);
        for (let number = start; number < end; number++) {
          if (lookInto(table, keys[number]!, number)) isDone[number - start] = 1;
        }
        for (const segment of segments?.list() ?? []) {
          let open = 0;
          for (let i = 0; i < isDone.length; i++) if (isDone[i] === 0) numbers[open++] = start + i;
          if (open === 0 || segments === undefined) return;
          if (tolerant && damaged.has(segment.hash)) continue;
          signal?.throwIfAborted();
          const found = (number: number, block: Uint8Array, offset: number): void => {
            if (isDone[number - start] === 1) return;
            if (!several) isDone[number - start] = 1;
            read(new DataView(block.buffer, block.byteOffset, block.byteLength), offset, segment, payload);
            visit(number);
          };
          try {
            const search = { reader: segments.reader, shape, found, signal };
            await searchSegment(segment, keys, numbers.subarray(0, open), search);
          } catch (error) {
            signal?.throwIfAborted();
            passOver(segment, error, tolerant);
          }
        }
      }
    },

    take() {
      const taken = log;
      underway = taken;
      log = createRecordLog(shape.keyLength);
      return taken;
    },

    stored(hashes) {
      underway = undefined;
      if (last === 'memory') for (const hash of hashes) loaded.add(hash);
      else unload();
    },

    giveBack(taken) {
      underway = undefined;
      const later = log;
      log = taken;
      later.each(words, (key) => log.add(key, words));
    },

    merged(hash, replaced) {
      const names = [...replaced];
      if (names.length > 0 && names.every((name) => loaded.has(name))) loaded.add(hash);
      for (const name of names) loaded.delete(name);
    },
  };
}
