import { BLOB_KINDS } from '@holdfast/crypto';
import type { Keyring } from '@holdfast/crypto';
import type { OperationOptions } from '@holdfast/contracts';
import type { BlobLocation } from '../index-segments/blob-segment.ts';
import { toHex } from '../internal/bytes.ts';
import { createCborEncoder } from '../internal/cbor.ts';
import type { Place, TreePackWriter } from '../packs/tree-pack-writer.ts';
import { EMPTY_BODY_LENGTH, encodeBody, encodeNode, recordLength } from './node.ts';
import type { NodeParts } from './node.ts';
import { createNodeBoundary } from './node-boundary.ts';
import { compareKeys } from './tree-key.ts';
import type { TreeKey } from './tree-key.ts';
import type { ChildReference, TreeReader } from './tree-reader.ts';
import { placeOf } from './tree-record.ts';
import type { NodeReference, RecordKind, TreeEdit, TreeEdits } from './tree-record.ts';

/** What updating a tree needs. */
export interface TreeWriterContext {
  /** Reads the nodes that change. */
  readonly reader: TreeReader;
  /** Takes new nodes. */
  readonly packs: TreePackWriter;
  /** Makes node ids. */
  readonly keyring: Keyring;
  /**
   * Where a node is stored already. Asked for every node that is not of the tree before, so it is for writers that make
   * a tree anew which may be stored. @defaultValue nothing is known to be stored
   */
  readonly stored?: ((id: Uint8Array) => Promise<BlobLocation | undefined>) | undefined;
}

/** A record on its way into a node. */
interface Item {
  readonly key: TreeKey;
  readonly bytes: Uint8Array;
  readonly places: readonly (Place | undefined)[];
  readonly count: number;
  /** The node it names, above level 0. */
  readonly node?: NodeReference | undefined;
}

/** The node of a level that is being filled. */
interface Level {
  items: Item[];
  size: number;
  /** A node of this level that is taken over whole, unless what follows it turns out to belong into it. */
  held: ChildReference | undefined;
  /** Length of the record that followed it in the old tree; undefined while nothing after it was touched. */
  followed: number | undefined;
}

/** A node is never longer, unless one record is. */
const LONGEST_BODY = 65_536;
/** Inner nodes have two records at least, the last of a level excepted: else long ids would make levels without end. */
const FEWEST_CHILDREN = 2;

/**
 * Applies edits to a tree and writes the nodes that are new, children first. What lies between the edits is taken over
 * by reference: k edits in a tree of n records read and write about k leaves and the paths above them. The same records
 * make the same tree, in whatever steps they came.
 *
 * @param root - The tree as it was; undefined for an empty one. It is not changed.
 * @param edits - In order of their keys, each key once.
 * @returns The root of the new tree; undefined if nothing is left.
 */
export async function updateTree<T extends TreeKey>(
  { reader, packs, keyring, stored }: TreeWriterContext,
  root: NodeReference | undefined,
  edits: TreeEdits<T>,
  kind: RecordKind<T>,
  options: OperationOptions = {},
): Promise<NodeReference | undefined> {
  if (edits.length === 0) return root;
  const levels: Level[] = [];
  const known = new Map<string, NodeReference>();
  const boundary = createNodeBoundary();
  const encodeCbor = createCborEncoder();

  const editAt = (position: number): TreeEdit<T> => edits.at(position) as TreeEdit<T>;
  const levelAt = (number: number): Level =>
    (levels[number] ??= { items: [], size: EMPTY_BODY_LENGTH, held: undefined, followed: undefined });

  async function push(number: number, item: Item): Promise<void> {
    const level = levelAt(number);
    const length = recordLength(item.bytes);
    if (level.held !== undefined) await settleHeld(number, length);
    const fewest = fewestRecords(number);
    if (level.items.length >= fewest && level.size + length > LONGEST_BODY) await close(number);
    level.items.push(item);
    level.size += length;
    if (level.items.length >= fewest && boundary.endsAfter(number, item.key, length)) await close(number);
  }

  async function close(number: number): Promise<void> {
    const level = levelAt(number);
    const { items } = level;
    level.items = [];
    level.size = EMPTY_BODY_LENGTH;
    const node = await write(number, items);
    const { key } = items[0] as Item;
    const bytes = encodeCbor({ ...keyOf(key), node: node.id, count: node.count });
    await push(number + 1, { key, bytes, places: [node.place], count: node.count, node });
  }

  async function write(number: number, items: readonly Item[]): Promise<NodeReference> {
    const body = encodeBody(
      number,
      items.map(({ bytes }) => bytes),
    );
    const id = keyring.blobId(BLOB_KINDS.node, body, packs.domain);
    const unchanged = known.get(toHex(id));
    if (unchanged !== undefined) return unchanged;
    const count = items.reduce((sum, item) => sum + item.count, 0);
    const place = placeOf(await stored?.(id));
    return { id, count, place: place ?? (await append(id, body, items)) };
  }

  async function append(id: Uint8Array, body: Uint8Array, items: readonly Item[]): Promise<Place> {
    const pack = await packs.room(options);
    return packs.append(
      id,
      encodeNode(
        body,
        items.flatMap(({ places }) => places),
        pack,
      ),
    );
  }

  const pushChild = (number: number, child: ChildReference): Promise<void> =>
    push(number, { key: child.key, bytes: child.bytes, places: [child.place], count: child.count, node: child });

  async function load(reference: NodeReference): Promise<NodeParts> {
    known.set(toHex(reference.id), reference);
    const node = await reader.node(reference, options);
    const level = levels[node.level];
    if (level?.held !== undefined) level.followed ??= recordLength(node.records[0] as Uint8Array);
    return node;
  }

  async function release(number: number): Promise<void> {
    const level = levelAt(number);
    const { held } = level;
    level.held = undefined;
    level.followed = undefined;
    if (held !== undefined) await pushChild(number + 1, held);
  }

  /**
   * Decides where the node held ends, now that a record of that length follows it. It ended because of its own last
   * record, or because the next one did not fit: only then the length of the next one matters.
   */
  async function settleHeld(number: number, length: number): Promise<void> {
    const level = levelAt(number);
    const { held, followed } = level;
    if (held === undefined || length === followed) return release(number);
    const node = await load(held);
    const size = node.records.reduce((sum, record) => sum + recordLength(record), EMPTY_BODY_LENGTH);
    const lastKey = node.level === 0 ? reader.records(node, kind).at(-1)?.value : reader.children(node).at(-1)?.key;
    const lastLength = recordLength(node.records.at(-1) as Uint8Array);
    const ended = size + length > LONGEST_BODY || boundary.endsAfter(number, lastKey as TreeKey, lastLength);
    if (ended && node.records.length >= fewestRecords(number)) return release(number);
    level.held = undefined;
    level.followed = undefined;
    await pushRecordsOf(node);
  }

  async function pushRecordsOf(node: NodeParts): Promise<void> {
    if (node.level > 0) for (const child of reader.children(node)) await pushChild(node.level, child);
    else {
      for (const { value, bytes, places } of reader.records(node, kind))
        await pushRecord(value, bytes, places.map(placeOf));
    }
  }

  /** Takes a node over as it is, or, where the node before it is still open below, record by record. */
  async function pass(child: ChildReference, number: number): Promise<void> {
    if (await isAtBoundary(number)) {
      levelAt(number).held = child;
      return;
    }
    const node = await load(child);
    if (number === 0) await pushRecordsOf(node);
    else for (const grandchild of reader.children(node)) await pass(grandchild, number - 1);
  }

  /** Whether a node of that level may begin here, in every tree with these records. */
  async function isAtBoundary(number: number): Promise<boolean> {
    const below = Array.from({ length: number + 1 }, (_, position) => levelAt(position));
    if (below.some(({ items, followed }) => items.length > 0 || followed !== undefined)) return false;
    for (let position = 0; position <= number; position += 1) await release(position);
    return below.every(({ items, held }) => items.length === 0 && held === undefined);
  }

  const pushRecord = (key: TreeKey, bytes: Uint8Array, places: readonly (Place | undefined)[]): Promise<void> =>
    push(0, { key: keyOf(key), bytes, places, count: 1 });

  async function pushEdit({ key, record }: TreeEdit<T>): Promise<void> {
    if (record === undefined) return;
    await pushRecord(key, 'bytes' in record ? record.bytes : encodeCbor(kind.toCbor(record.value)), record.places);
  }

  /** Rewrites the part of a tree that the edits from `from` to `to` fall into. */
  async function rewrite(reference: NodeReference, from: number, to: number): Promise<void> {
    const node = await load(reference);
    let next = from;
    if (node.level === 0) {
      for (const { value, bytes, places } of reader.records(node, kind)) {
        let order = 1;
        for (; next < to; next += 1) {
          const edit = editAt(next);
          order = compareKeys(edit.key, value);
          if (order > 0) break;
          await pushEdit(edit);
          if (order === 0) {
            next += 1;
            break;
          }
        }
        if (order !== 0) await pushRecord(value, bytes, places.map(placeOf));
      }
      for (; next < to; next += 1) await pushEdit(editAt(next));
      return;
    }
    const children = reader.children(node);
    for (const [position, child] of children.entries()) {
      const start = next;
      const following = children[position + 1];
      while (next < to && (following === undefined || compareKeys(editAt(next).key, following.key) < 0)) {
        next += 1;
      }
      if (next > start) await rewrite(child, start, next);
      else await pass(child, node.level - 1);
    }
  }

  if (root === undefined) for (let next = 0; next < edits.length; next += 1) await pushEdit(editAt(next));
  else await rewrite(root, 0, edits.length);

  for (let number = 0; number < levels.length; number += 1) {
    await release(number);
    const { items } = levelAt(number);
    const top = levels.slice(number + 1).every((higher) => higher.items.length === 0 && higher.held === undefined);
    if (number > 0 && top && items.length === 1) return lowestRoot(items[0]?.node, reader, options);
    if (items.length > 0) await close(number);
  }
  return undefined;
}

/** An inner node with a single child is no root; deletions can leave one on top. */
async function lowestRoot(
  reference: NodeReference | undefined,
  reader: TreeReader,
  options: OperationOptions,
): Promise<NodeReference | undefined> {
  let root = reference;
  // A node that was just written cannot be read yet; it has two children at least.
  while (root !== undefined && (root.place === undefined || root.place.pack.stored !== undefined)) {
    const node = await reader.node(root, options);
    if (node.level === 0 || node.records.length > 1) return root;
    root = reader.children(node)[0];
  }
  return root;
}

function keyOf({ sort, id }: TreeKey): { readonly sort: number; readonly id: string } {
  return { sort, id };
}

function fewestRecords(level: number): number {
  return level === 0 ? 1 : FEWEST_CHILDREN;
}
