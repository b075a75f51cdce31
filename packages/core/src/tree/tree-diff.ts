import type { OperationOptions } from '@holdfast/contracts';
import { equalBytes, toHex } from '../internal/bytes.ts';
import type { NodeParts } from './node.ts';
import { compareKeys } from './tree-key.ts';
import type { TreeKey } from './tree-key.ts';
import type { TreeReader } from './tree-reader.ts';
import type { NodeReference, RecordKind, TreeRecord } from './tree-record.ts';

/** A key at which two trees differ. */
export interface TreeDifference<T> {
  /** The record in the first tree, if there is one. */
  readonly before: TreeRecord<T> | undefined;
  /** The record in the second tree, if there is one. */
  readonly after: TreeRecord<T> | undefined;
}

/** Yields where two trees differ, in order of keys. Equal subtrees are skipped unread. */
export async function* diffTrees<T extends TreeKey>(
  reader: TreeReader,
  before: NodeReference | undefined,
  after: NodeReference | undefined,
  kind: RecordKind<T>,
  options: OperationOptions = {},
): AsyncGenerator<TreeDifference<T>, void, void> {
  let left = await withLevels(reader, before, options);
  let right = await withLevels(reader, after, options);
  for (;;) {
    const common = new Set(left.map(hexId)).intersection(new Set(right.map(hexId)));
    left = left.filter((node) => !common.has(hexId(node)));
    right = right.filter((node) => !common.has(hexId(node)));
    const highest = Math.max(0, ...left.map(({ level }) => level), ...right.map(({ level }) => level));
    if (highest === 0) break;
    left = await expand(reader, left, highest, options);
    right = await expand(reader, right, highest, options);
  }

  const a = leaves(reader, left, kind, options);
  const b = leaves(reader, right, kind, options);
  let x = (await a.next()).value ?? undefined;
  let y = (await b.next()).value ?? undefined;
  while (x !== undefined || y !== undefined) {
    const order = x === undefined ? 1 : y === undefined ? -1 : compareKeys(x.value, y.value);
    if (order !== 0 || !equalBytes(x?.bytes ?? NOTHING, y?.bytes ?? NOTHING)) {
      yield { before: order <= 0 ? x : undefined, after: order >= 0 ? y : undefined };
    }
    if (order <= 0) x = (await a.next()).value ?? undefined;
    if (order >= 0) y = (await b.next()).value ?? undefined;
  }
}

const NOTHING = new Uint8Array();

interface LevelledNode {
  readonly node: NodeReference;
  readonly level: number;
}

const hexId = ({ node }: LevelledNode): string => toHex(node.id);

async function withLevels(
  reader: TreeReader,
  root: NodeReference | undefined,
  options: OperationOptions,
): Promise<LevelledNode[]> {
  return root === undefined ? [] : [{ node: root, level: (await reader.node(root, options)).level }];
}

/** Replaces the nodes of a level by their children. */
async function expand(
  reader: TreeReader,
  entries: readonly LevelledNode[],
  level: number,
  options: OperationOptions,
): Promise<LevelledNode[]> {
  const expanded: LevelledNode[] = [];
  const highest = entries.filter((entry) => entry.level === level).map(({ node }) => node);
  const nodes = reader.nodes(highest, options);
  for (const entry of entries) {
    if (entry.level < level) expanded.push(entry);
    else {
      const { value } = await nodes.next();
      for (const node of reader.children(value as NodeParts)) expanded.push({ node, level: level - 1 });
    }
  }
  return expanded;
}

async function* leaves<T extends TreeKey>(
  reader: TreeReader,
  entries: readonly LevelledNode[],
  kind: RecordKind<T>,
  options: OperationOptions,
): AsyncGenerator<TreeRecord<T>, undefined, void> {
  const nodes = entries.map(({ node }) => node);
  for await (const leaf of reader.nodes(nodes, options)) yield* reader.records(leaf, kind);
  return undefined;
}
