import { BLOB_KINDS, OBJECT_KINDS } from '@holdfast/crypto';
import type { Keyring } from '@holdfast/crypto';
import { CryptoError, RepositoryError } from '@holdfast/contracts';
import type { Logger, OperationOptions, Randomness } from '@holdfast/contracts';
import { fromHex } from '../internal/bytes.ts';
import { isDamage } from '../objects/damage.ts';
import { objectName } from '../objects/object-name.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import { openBlobs, sealBlobs } from '../objects/sealed-object.ts';
import type { RawBlob } from '../objects/sealed-object.ts';
import type { IndexStore } from '../repository/index-store.ts';
import type { TreeReader } from '../tree/tree-reader.ts';
import { parseCoverage, parseSnapshot } from './snapshot-json.ts';
import type { SnapshotRecord } from './snapshot-json.ts';
import type { CoverageLines } from './coverage-report.ts';

/** A snapshot and the object it lies in. */
export interface StoredSnapshot extends SnapshotRecord {
  /** Hex of the SHA-256 of the object. */
  readonly object: string;
  /** Its JSON. */
  readonly text: string;
}

/** What a snapshot store needs. */
export interface SnapshotStoreContext {
  /** Where snapshots lie. */
  readonly objects: ObjectStore;
  /** Opens and seals them. */
  readonly keyring: Keyring;
  /** Has summaries of most. */
  readonly index: IndexStore;
  /** Gets to know root nodes that come with a snapshot. */
  readonly trees: TreeReader;
  /** For salts. */
  readonly randomness: Randomness;
  /** Hears of snapshots that cannot be read. */
  readonly logger: Logger;
}

/** The snapshots of a repository. */
export interface SnapshotStore {
  /**
   * Every snapshot that can be read, checkpoints included, in no particular order. A damaged one does not hide the
   * others: it is passed over with a warning, and {@link SnapshotStore.unreadable} has the error.
   *
   * @throws `ERR_KEYRING_OUTDATED`, a {@link CryptoError}, if one was written under a newer keyring.
   */
  all(options?: OperationOptions): Promise<StoredSnapshot[]>;
  /** What was wrong with the snapshots that the last call of {@link SnapshotStore.all} passed over. */
  readonly unreadable: readonly Error[];
  /** Reads one snapshot out of its object, whatever is known of it. */
  read(object: string, options?: OperationOptions): Promise<StoredSnapshot>;
  /** What of the coverage report is stored beside a snapshot. */
  coverage(object: string, options?: OperationOptions): Promise<CoverageLines>;
  /** Writes a snapshot: the commit of a run. */
  commit(
    snapshot: { readonly text: string; readonly rootNode: Uint8Array | undefined; readonly coverage: string },
    options?: OperationOptions,
  ): Promise<StoredSnapshot>;
}

/** A root node up to this length is stored in the snapshot as well. */
export const LARGEST_INLINE_ROOT: number = 64 * 1024;

/** Makes a {@link SnapshotStore}. */
export function createSnapshotStore({
  objects,
  keyring,
  index,
  trees,
  randomness,
  logger,
}: SnapshotStoreContext): SnapshotStore {
  let unreadable: Error[] = [];
  // Objects never change, so what was read once need not be read again.
  const seen = new Map<string, StoredSnapshot>();

  function accept(object: string, text: string): StoredSnapshot {
    const record = parseSnapshot(text, objectName('snapshots', object));
    if (record.generation > keyring.generation) throw new CryptoError('ERR_KEYRING_OUTDATED', {});
    const stored = { ...record, object, text };
    seen.set(object, stored);
    return stored;
  }

  async function open(object: string, options: OperationOptions): Promise<RawBlob[]> {
    const bytes = await objects.get('snapshots', object, options);
    return [...openBlobs(keyring, bytes, { kind: OBJECT_KINDS.snapshot, object: objectName('snapshots', object) })];
  }

  async function read(object: string, options: OperationOptions): Promise<StoredSnapshot> {
    const blobs = await open(object, options);
    const stored = accept(object, textOf(blobs, BLOB_KINDS.snapshot, object));
    const node = blobs.find(({ kind }) => kind === BLOB_KINDS.node);
    if (node !== undefined && stored.root !== undefined) trees.learn(stored.root.id, node.raw);
    return stored;
  }

  return {
    read: (object, options = {}) => read(object, options),

    get unreadable() {
      return unreadable;
    },

    async all(options = {}) {
      const names: string[] = [];
      for await (const { hash } of objects.list('snapshots', options)) names.push(hash);
      if (names.some((name) => !seen.has(name))) await index.refresh({ ...options, tolerant: true });
      const stored: StoredSnapshot[] = [];
      const failures: Error[] = [];
      for (const name of names) {
        try {
          const summary = seen.get(name) ?? index.summary(name);
          if (summary === undefined) stored.push(await read(name, options));
          else stored.push(typeof summary === 'string' ? accept(name, summary) : summary);
        } catch (error) {
          if (!isDamage(error)) throw error;
          logger.warn('a snapshot cannot be read', { object: objectName('snapshots', name), code: error.code });
          failures.push(error);
        }
      }
      unreadable = failures;
      return stored;
    },

    async coverage(object, options = {}) {
      const text = textOf(await open(object, options), BLOB_KINDS.report, object);
      return parseCoverage(text, objectName('snapshots', object));
    },

    async commit({ text, rootNode, coverage }, options = {}) {
      const encoder = new TextEncoder();
      const blobs: RawBlob[] = [{ kind: BLOB_KINDS.snapshot, raw: encoder.encode(text) }];
      if (rootNode !== undefined && rootNode.length <= LARGEST_INLINE_ROOT) {
        blobs.push({ kind: BLOB_KINDS.node, raw: rootNode });
      }
      blobs.push({ kind: BLOB_KINDS.report, raw: encoder.encode(coverage) });
      const bytes = sealBlobs(keyring, OBJECT_KINDS.snapshot, blobs, randomness);
      return accept(await objects.put('snapshots', bytes, options), text);
    },
  };
}

function textOf(blobs: readonly RawBlob[], kind: number, object: string): string {
  const blob = blobs.find((candidate) => candidate.kind === kind);
  if (blob === undefined) {
    throw new RepositoryError('ERR_OBJECT_DAMAGED', {
      object: objectName('snapshots', object),
      reason: 'a blob is missing',
    });
  }
  return new TextDecoder().decode(blob.raw);
}

/** Raw hash of a snapshot object, as segments name it. */
export function snapshotHash({ object }: StoredSnapshot): Uint8Array {
  return fromHex(object);
}
