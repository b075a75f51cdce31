import { BLOB_KINDS } from '@holdfast/crypto';
import type { OperationOptions } from '@holdfast/contracts';
import { toHex } from '../internal/bytes.ts';
import type { BlobLocation } from '../index-segments/blob-segment.ts';
import { createLruCache } from '../internal/lru-cache.ts';
import { isDamage } from '../objects/damage.ts';
import { objectName } from '../objects/object-name.ts';
import type { BlobReader } from '../packs/blob-reader.ts';
import { decodeNode, decodeTreeCbor } from './node.ts';
import type { NodeParts } from './node.ts';
import { recordFields } from './record-fields.ts';
import { compareKeys } from './tree-key.ts';
import type { TreeKey } from './tree-key.ts';
import { locationOf, placeOf } from './tree-record.ts';
import type { NodeReference, RecordKind, TreeRecord } from './tree-record.ts';

/** A child of an inner node. */
export interface ChildReference extends NodeReference {
  /** The smallest key below. */
  readonly key: TreeKey;
  /** CBOR of the record that names it. */
  readonly bytes: Uint8Array;
}

/** Reads trees, with a bounded cache of nodes. */
export interface TreeReader {
  /** Reads a node and takes it apart. */
  node(reference: NodeReference, options?: OperationOptions): Promise<NodeParts>;
  /** Reads nodes in order, several at once: neighbours in a pack with one range read. */
  nodes(references: readonly NodeReference[], options?: NodesOptions): AsyncGenerator<NodeParts, void, void>;
  /** The children of an inner node. */
  children(node: NodeParts): ChildReference[];
  /** The records of a leaf. */
  records<T extends TreeKey>(node: NodeParts, kind: RecordKind<T>): TreeRecord<T>[];
  /** Finds one record. */
  find<T extends TreeKey>(
    root: NodeReference | undefined,
    key: TreeKey,
    kind: RecordKind<T>,
    options?: OperationOptions,
  ): Promise<TreeRecord<T> | undefined>;
  /**
   * Reads nodes that will be asked for next into the cache, neighbours in a pack at once. One that cannot be read is
   * passed over: whoever asks for it is told.
   */
  prefetch(references: readonly NodeReference[], options?: OperationOptions): Promise<void>;
  /** Puts a node that was read otherwise, and verified, into the cache. Its hints must name their packs. */
  learn(id: Uint8Array, node: Uint8Array): void;
  /** Yields all records in order, or some of them by their positions, reading nodes as they are needed. */
  walk<T extends TreeKey>(
    root: NodeReference | undefined,
    kind: RecordKind<T>,
    options?: WalkOptions,
  ): AsyncGenerator<TreeRecord<T>, void, void>;
}

/** Options of {@link TreeReader.nodes}. */
export interface NodesOptions extends OperationOptions {
  /** So many are read at once. @defaultValue 32, of usual size half a MiB, and 2 MiB at most */
  readonly atOnce?: number | undefined;
}

/** Options of {@link TreeReader.walk}. */
export interface WalkOptions extends OperationOptions {
  /** Position of the first record wanted, from 0. Nodes before it are not read. @defaultValue the beginning */
  readonly from?: number | undefined;
  /** Position behind the last record wanted. Nodes from there on are not read. @defaultValue the end */
  readonly to?: number | undefined;
}

/** Bytes of nodes that are kept, if nothing else is said. */
const CACHE_BYTES = 32 * 1024 * 1024;
/** So many nodes are read at once, if nothing else is said. */
const AT_ONCE = 32;
/** So many leaves are read at once for who looks up one key after the other. */
const LEAVES_AHEAD = 16;
/** What a record and a place of a node that was taken apart take beside its bytes. */
const RECORD_OVERHEAD = 100;
const PLACE_OVERHEAD = 160;
const OBJECT = 'a tree node';

/** Makes a {@link TreeReader}. */
export function createTreeReader(
  blobs: BlobReader,
  { cacheBytes = CACHE_BYTES }: { readonly cacheBytes?: number | undefined } = {},
): TreeReader {
  const cache = createLruCache<NodeParts>(cacheBytes);

  function keep(key: string, parts: NodeParts, length: number): void {
    cache.set(key, parts, length + parts.records.length * RECORD_OVERHEAD + parts.places.length * PLACE_OVERHEAD);
  }

  async function node(reference: NodeReference, options: OperationOptions = {}): Promise<NodeParts> {
    options.signal?.throwIfAborted();
    const key = toHex(reference.id);
    const cached = cache.get(key);
    if (cached !== undefined) return cached;
    const hint = locationOf(reference.place);
    const raw = await blobs.read({ kind: BLOB_KINDS.node, id: reference.id, hint }, options);
    return learnNode(key, hint, raw);
  }

  function learnNode(key: string, hint: BlobLocation | undefined, raw: Uint8Array): NodeParts {
    const object = hint === undefined ? OBJECT : objectName('data', toHex(hint.pack.name));
    const parts = decodeNode(raw, { object, self: hint?.pack });
    keep(key, parts, raw.length);
    return parts;
  }

  async function prefetch(references: readonly NodeReference[], options: OperationOptions = {}): Promise<void> {
    const wanted = references.flatMap(({ id, place }) => {
      const [key, hint] = [toHex(id), locationOf(place)];
      return hint === undefined || cache.has(key) ? [] : [{ key, hint, request: { kind: BLOB_KINDS.node, id, hint } }];
    });
    if (wanted.length < 2) return;
    const found = await blobs.readHinted(
      wanted.map(({ request }) => request),
      options,
    );
    for (const [i, { key, hint }] of wanted.entries()) {
      const raw = found[i];
      if (raw !== undefined) noDamage(() => learnNode(key, hint, raw));
    }
  }

  function children(parts: NodeParts): ChildReference[] {
    return parts.records.map((bytes, position) => {
      const fields = recordFields(decodeTreeCbor(bytes, OBJECT), OBJECT);
      const key = { sort: fields.integer('sort'), id: fields.text('id') };
      const place = placeOf(parts.places[position]);
      return { key, id: fields.bytes('node'), count: fields.integer('count'), bytes, place };
    });
  }

  function records<T extends TreeKey>(parts: NodeParts, kind: RecordKind<T>): TreeRecord<T>[] {
    let used = 0;
    return parts.records.map((bytes) => {
      const value = kind.fromCbor(decodeTreeCbor(bytes, OBJECT), OBJECT);
      const { length } = kind.references(value);
      const places = parts.places.slice(used, used + length);
      used += length;
      return { value, bytes, places };
    });
  }

  async function* nodes(
    references: readonly NodeReference[],
    { atOnce = AT_ONCE, ...options }: NodesOptions = {},
  ): AsyncGenerator<NodeParts, void, void> {
    for (let first = 0; first < references.length; first += atOnce) {
      const some = references.slice(first, first + atOnce);
      await prefetch(some, options);
      for (const reference of some) yield await node(reference, options);
    }
  }

  async function* walk<T extends TreeKey>(
    root: NodeReference | undefined,
    kind: RecordKind<T>,
    options: WalkOptions = {},
  ): AsyncGenerator<TreeRecord<T>, void, void> {
    if (root !== undefined) yield* walkBelow(await node(root, options), kind, options);
  }

  async function* walkBelow<T extends TreeKey>(
    parts: NodeParts,
    kind: RecordKind<T>,
    { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY, signal }: WalkOptions,
  ): AsyncGenerator<TreeRecord<T>, void, void> {
    if (parts.level === 0) {
      yield* records(parts, kind).slice(Math.max(0, from), Math.max(0, to));
      return;
    }
    let end = 0;
    const wanted = children(parts).flatMap((child) => {
      const start = end;
      end += child.count;
      return start < to && end > from ? [{ child, start }] : [];
    });
    // Inner nodes are read one by one: whoever walks may stop early.
    const atOnce = parts.level === 1 ? AT_ONCE : 1;
    const starts = wanted.map(({ start }) => start).values();
    const below = nodes(
      wanted.map(({ child }) => child),
      { atOnce, signal },
    );
    for await (const child of below) {
      const start = starts.next().value ?? 0;
      yield* walkBelow(child, kind, { from: from - start, to: to - start, signal });
    }
  }

  // Who looks many keys up comes back to the same few nodes, and taking one apart costs more than all the rest.
  const lastRecords = createRecent<readonly TreeRecord<TreeKey>[]>();
  const lastChildren = createRecent<readonly ChildReference[]>();
  const recordsOf = <T extends TreeKey>(parts: NodeParts, kind: RecordKind<T>): readonly TreeRecord<T>[] =>
    lastRecords(parts, () => records(parts, kind)) as readonly TreeRecord<T>[];
  const childrenOf = (parts: NodeParts): readonly ChildReference[] => lastChildren(parts, () => children(parts));

  // Of whom it is known how far leaf after leaf was asked for.
  const furthest = new WeakMap<NodeParts, number>();

  /** Who asks for one leaf after the other will ask for those behind it as well: they are read together. */
  async function readOn(
    parent: NodeParts,
    leaves: readonly ChildReference[],
    at: number,
    options: OperationOptions,
  ): Promise<void> {
    const before = furthest.get(parent);
    if (before === at) return;
    furthest.set(parent, at);
    if (at - 1 !== before) return;
    const ahead = leaves.slice(at, at + LEAVES_AHEAD);
    if (ahead[0] !== undefined && !cache.has(toHex(ahead[0].id))) await prefetch(ahead, options);
  }

  return {
    node,
    nodes,
    children,
    records,
    walk,
    prefetch,
    learn(id, raw) {
      keep(toHex(id), decodeNode(raw, { object: OBJECT }), raw.length);
    },
    async find(root, key, kind, options = {}) {
      let reference = root;
      while (reference !== undefined) {
        const parts = await node(reference, options);
        if (parts.level === 0) {
          return recordsOf(parts, kind).find(({ value }) => compareKeys(value, key) === 0);
        }
        const below = childrenOf(parts);
        const at = below.findLastIndex((child) => compareKeys(child.key, key) <= 0);
        reference = below[at];
        if (parts.level === 1) await readOn(parts, below, at, options);
      }
      return undefined;
    },
  };
}

function noDamage(step: () => void): void {
  try {
    step();
  } catch (error) {
    if (!isDamage(error)) throw error;
  }
}

const MOST_RECENT = 32;

/** Remembers what was made of the last few nodes. */
function createRecent<T>(): (parts: NodeParts, make: () => T) => T {
  const made = new Map<NodeParts, T>();
  return (parts, make) => {
    const known = made.get(parts) ?? make();
    // A map keeps the order of insertion: putting it back makes it the youngest.
    made.delete(parts);
    made.set(parts, known);
    if (made.size > MOST_RECENT) {
      for (const oldest of made.keys()) {
        made.delete(oldest);
        break;
      }
    }
    return known;
  };
}
