import { BLOB_KINDS, OBJECT_KINDS } from '@holdfast/crypto';
import type { Keyring } from '@holdfast/crypto';
import { CryptoError, RepositoryError } from '@holdfast/contracts';
import type { Logger, OperationOptions, Randomness } from '@holdfast/contracts';
import { equalBytes, fromHex } from '../internal/bytes.ts';
import { chainGaps } from './chain-gaps.ts';
import { isDamage } from '../objects/damage.ts';
import { objectName } from '../objects/object-name.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import { idOfBlob, openBlobs, sealBlobs } from '../objects/sealed-object.ts';
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

/** A snapshot that cannot be read, or is gone. */
export interface LostSnapshot {
  /** What is wrong; it names the object, or the id where nothing else is known. */
  readonly error: RepositoryError | CryptoError;
  /** Its id, if that is known. */
  readonly id: string | undefined;
  /** What it says, if the index has that. */
  readonly summary: SnapshotRecord | undefined;
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
   * Every snapshot that can be read, checkpoints included, in no particular order. A damaged or missing one does not
   * hide the others: it is passed over with a warning, and {@link SnapshotStore.lost} has it.
   *
   * @throws `ERR_KEYRING_OUTDATED`, a {@link CryptoError}, if one was written under a newer keyring.
   */
  all(options?: OperationOptions): Promise<StoredSnapshot[]>;
  /**
   * The snapshots that the last call of {@link SnapshotStore.all} passed over: those that are damaged, and those that are
   * not there although the index has them or another one continues them. Version 1 removes no snapshot.
   */
  readonly lost: readonly LostSnapshot[];
  /** Reads one snapshot out of its object, whatever is known of it. */
  read(object: string, options?: OperationOptions): Promise<StoredSnapshot>;
  /** What of the coverage report is stored beside a snapshot. */
  coverage(object: string, options?: OperationOptions): Promise<CoverageLines>;
  /** Writes a snapshot: the commit of a run. */
  commit(
    snapshot: {
      readonly text: string;
      readonly rootNode: Uint8Array | undefined;
      readonly coverage: string;
      /** The domain that the id of the root node was made with. */
      readonly domain?: Uint8Array | undefined;
    },
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
  let lost: readonly LostSnapshot[] = [];
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
    if (node !== undefined && stored.root !== undefined) {
      const domain = stored.root.place?.pack.stored?.domain;
      const id = idOfBlob(keyring, node, { object: objectName('snapshots', object), domain });
      // Another node is none to go by; the one that is meant is read from its pack.
      if (equalBytes(id, stored.root.id)) trees.learn(id, node.raw);
    }
    return stored;
  }

  /** What is known of a snapshot that cannot be read. */
  function recall(object: string): SnapshotRecord | undefined {
    const text = index.summary(object);
    try {
      return (
        seen.get(object) ?? (text === undefined ? undefined : parseSnapshot(text, objectName('snapshots', object)))
      );
    } catch (error) {
      if (!isDamage(error)) throw error;
      return undefined;
    }
  }

  /** Lists, and reads what was not looked at before, into `found`: a snapshot, or what is wrong with it. */
  async function look(found: Map<string, StoredSnapshot | LostSnapshot>, options: OperationOptions): Promise<void> {
    const listed = new Set<string>();
    for await (const { hash } of objects.list('snapshots', options)) listed.add(hash);
    if ([...listed].some((name) => !seen.has(name))) await index.refresh({ ...options, tolerant: true });
    for (const name of new Set([...listed, ...index.listedSnapshots(), ...seen.keys()])) {
      if (found.has(name)) continue;
      try {
        const summary = seen.get(name) ?? index.summary(name);
        // One that the listing lacks may be younger than the listing: asking for it tells.
        if (summary === undefined || !listed.has(name)) found.set(name, await read(name, options));
        else found.set(name, typeof summary === 'string' ? accept(name, summary) : summary);
      } catch (error) {
        if (!isDamage(error)) throw error;
        logger.warn('a snapshot cannot be read', { object: objectName('snapshots', name), code: error.code });
        const summary = recall(name);
        found.set(name, { error, id: summary?.snapshot.id, summary });
      }
    }
  }

  return {
    read: (object, options = {}) => read(object, options),

    get lost() {
      return lost;
    },

    async all(options = {}) {
      const found = new Map<string, StoredSnapshot | LostSnapshot>();
      await look(found, options);
      let parted = part(found);
      if (parted.gaps.length > 0) {
        // What was committed while the listing was under way may be in it without what it continues.
        await look(found, options);
        parted = part(found);
      }
      for (const { error } of parted.gaps) logger.warn('a snapshot is missing', { ...error.details, code: error.code });
      lost = [...parted.failed, ...parted.gaps];
      return parted.stored;
    },

    async coverage(object, options = {}) {
      const text = textOf(await open(object, options), BLOB_KINDS.report, object);
      return parseCoverage(text, objectName('snapshots', object));
    },

    async commit({ text, rootNode, coverage, domain }, options = {}) {
      const encoder = new TextEncoder();
      const blobs: RawBlob[] = [{ kind: BLOB_KINDS.snapshot, raw: encoder.encode(text) }];
      if (rootNode !== undefined && rootNode.length <= LARGEST_INLINE_ROOT) {
        blobs.push({ kind: BLOB_KINDS.node, raw: rootNode });
      }
      blobs.push({ kind: BLOB_KINDS.report, raw: encoder.encode(coverage) });
      const bytes = sealBlobs(keyring, blobs, { kind: OBJECT_KINDS.snapshot, randomness, domain });
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

/** What can be read, what cannot, and ids that are left unexplained: a damaged object may be one of those continued. */
function part(found: ReadonlyMap<string, StoredSnapshot | LostSnapshot>): {
  readonly stored: StoredSnapshot[];
  readonly failed: readonly LostSnapshot[];
  readonly gaps: readonly LostSnapshot[];
} {
  const all = [...found.values()];
  const stored = all.flatMap((one) => ('error' in one ? [] : [one]));
  const failed = all.flatMap((one) => ('error' in one ? [one] : []));
  const gaps = chainGaps(
    stored,
    failed.flatMap(({ id }) => (id === undefined ? [] : [id])),
  );
  const explained = gaps.length <= failed.filter(({ id }) => id === undefined).length;
  return { stored, failed, gaps: explained ? [] : gaps.map(({ id }) => missing(id)) };
}

function missing(id: string): LostSnapshot {
  return { error: new RepositoryError('ERR_OBJECT_MISSING', { object: `snapshot ${id}` }), id, summary: undefined };
}

/** Raw hash of a snapshot object, as segments name it. */
export function snapshotHash({ object }: StoredSnapshot): Uint8Array {
  return fromHex(object);
}
