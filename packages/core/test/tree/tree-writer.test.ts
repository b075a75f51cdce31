import { seededRandomness } from '@holdfast/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { propertyRuns } from '../internal/property-runs.ts';
import { createTreeLab, labRecord } from '../support/tree-lab.ts';
import type { LabEdit, TreeLab } from '../support/tree-lab.ts';
import { toHex } from '../../src/internal/bytes.ts';
import { recordLength } from '../../src/tree/node.ts';
import { itemRecordKind } from '../../src/tree/item-record.ts';
import type { ItemRecord } from '../../src/tree/item-record.ts';
import { diffTrees } from '../../src/tree/tree-diff.ts';
import { compareKeys } from '../../src/tree/tree-key.ts';
import type { TreeReader } from '../../src/tree/tree-reader.ts';
import type { NodeReference } from '../../src/tree/tree-record.ts';

let lab: TreeLab;
beforeAll(async () => {
  lab = await createTreeLab();
});

const hex = (root: NodeReference | undefined): string => (root === undefined ? 'empty' : toHex(root.id));

async function walked(root: NodeReference | undefined, reader: TreeReader = lab.reader()): Promise<ItemRecord[]> {
  const records: ItemRecord[] = [];
  for await (const { value } of reader.walk(root, itemRecordKind)) records.push(value);
  return records;
}

const inOrder = (records: Iterable<ItemRecord>): ItemRecord[] => [...records].toSorted(compareKeys);

/** Every node below a root: level, number of records, length of the body. */
async function nodesOf(root: NodeReference, reader: TreeReader = lab.reader()): Promise<[number, number, number][]> {
  const node = await reader.node(root);
  const size = node.records.reduce((sum, record) => sum + recordLength(record), 5);
  const found: [number, number, number][] = [[node.level, node.records.length, size]];
  if (node.level > 0) for (const child of reader.children(node)) found.push(...(await nodesOf(child, reader)));
  return found;
}

/** A tree of `count` records of about 300 bytes, in ascending order of time. */
function many(count: number, from = 0): ItemRecord[] {
  return Array.from({ length: count }, (_, i) =>
    labRecord({ sort: (from + i) * 1000, id: `item-${from + i}` }, { size: 150 }),
  );
}

describe('updateTree', () => {
  it('holds what a sorted map holds after any edits, and looks the same as if built at once', async () => {
    for (let seed = 1; seed <= propertyRuns / 5; seed += 1) {
      const dice = seededRandomness(seed);
      const model = new Map<string, ItemRecord>();
      // Large records make nodes that end only because the next record does not fit.
      const sizes = dice.pick([[80], [80, 3000], [9000, 20_000], [200, 70_000]]);
      const idOf = dice.pick([(n: number) => `i${n}`, (n: number) => `${'é🚀'.repeat(n % 9)}${n}`]);
      let root: NodeReference | undefined;
      for (let batch = 0; batch < 6; batch += 1) {
        const edits = new Map<string, LabEdit>();
        for (let i = dice.integer(1, dice.pick([3, 60])); i > 0; i -= 1) {
          const number = dice.integer(0, 150);
          const key = { id: idOf(number), sort: (number % 7) - 3 };
          if (dice.fraction() < 0.4) {
            edits.set(key.id, { remove: key });
            model.delete(key.id);
          } else {
            const record = labRecord(key, { size: dice.pick(sizes), version: dice.integer(1, 3) });
            edits.set(key.id, record);
            model.set(key.id, record);
          }
        }
        root = await lab.update(root, [...edits.values()]);
        const expected = inOrder(model.values());
        expect(await walked(root), `seed ${seed}`).toEqual(expected);
        expect(root?.count ?? 0, `seed ${seed}`).toBe(expected.length);
        expect(hex(root), `seed ${seed}, batch ${batch}`).toBe(hex(await lab.update(undefined, expected)));
      }
    }
  });

  it('keeps nodes within 64 KiB, one large record excepted', async () => {
    const dice = seededRandomness(5);
    const records = many(3000).map((record) =>
      dice.fraction() < 0.02 ? labRecord(record, { size: dice.integer(30_000, 90_000) }) : record,
    );
    const root = await lab.update(undefined, records);
    const nodes = await nodesOf(root as NodeReference);
    for (const [, count, size] of nodes) expect(size <= 65_536 || count === 1).toBe(true);
    expect(nodes.some(([, , size]) => size > 65_536)).toBe(true);
    expect(await walked(root)).toEqual(records);
  });

  it('ends levels even where ids are longer than a node', async () => {
    for (const length of [9000, 20_000, 70_000]) {
      const records = Array.from({ length: 20 }, (_, i) => labRecord({ sort: i, id: `${i}${'x'.repeat(length)}` }));
      const root = await lab.update(undefined, records);
      expect(await walked(root)).toEqual(records);
      const levels = new Set((await nodesOf(root as NodeReference)).map(([level]) => level));
      expect(levels.size).toBeLessThanOrEqual(6);
    }
  });

  it('never leaves an inner node with a single child on top', async () => {
    for (let i = 0; i < 3000; i += 1) {
      const root = await lab.update(undefined, [labRecord({ sort: i, id: 'only' })]);
      expect((await lab.reader().node(root as NodeReference)).level).toBe(0);
    }
  });

  it('shrinks to a leaf, and to nothing, as records leave', async () => {
    const records = many(2000);
    const full = await lab.update(undefined, records);
    const one = await lab.update(
      full,
      records.slice(1).map((remove) => ({ remove })),
    );
    expect(hex(one)).toBe(hex(await lab.update(undefined, records.slice(0, 1))));
    expect((await nodesOf(one as NodeReference)).length).toBe(1);
    expect(await lab.update(one, [{ remove: records[0] as ItemRecord }])).toBeUndefined();
  });

  it('returns the very same root for edits that change nothing, and writes no node', async () => {
    const root = await lab.update(undefined, many(500));
    const before = lab.nodes();
    const same = await lab.update(root, [many(500)[77] as ItemRecord, { remove: { sort: 5, id: 'never there' } }]);
    expect(hex(same)).toBe(hex(root));
    expect(lab.nodes()).toBe(before);
  });

  it('orders by signed time, then by the bytes of the id', async () => {
    const keys = [
      { sort: -(2 ** 40), id: 'z' },
      { sort: -1, id: 'a' },
      { sort: 0, id: 'a' },
      { sort: 0, id: 'ab' },
      { sort: 0, id: 'é' },
      { sort: 0, id: '\uFFFD' },
      { sort: 0, id: '🚀' },
      { sort: 1, id: '' },
    ];
    const root = await lab.update(
      undefined,
      keys.toReversed().map((key) => labRecord(key)),
    );
    expect((await walked(root)).map(({ sort, id }) => ({ sort, id }))).toEqual(keys);
  });
});

describe('the cost of an edit', () => {
  const COUNT = 20_000;
  let root: NodeReference | undefined;
  beforeAll(async () => {
    root = await lab.update(undefined, many(COUNT));
  });

  async function costOf(edits: readonly LabEdit[]): Promise<{ nodes: number; reads: number; bytes: number }> {
    const nodes = lab.nodes();
    const { reads, bytesWritten } = lab.objects.traffic;
    await lab.update(root, edits);
    const { traffic } = lab.objects;
    return { nodes: lab.nodes() - nodes, reads: traffic.reads - reads, bytes: traffic.bytesWritten - bytesWritten };
  }

  it('is a few nodes for 200 new records at the right edge of 20,000', async () => {
    const { nodes, bytes } = await costOf(many(200, COUNT));
    // 200 records of some 300 bytes are 60 KB: five leaves or so, and the path above.
    expect(nodes).toBeLessThanOrEqual(14);
    expect(bytes).toBeLessThanOrEqual(64 * 1024);
  });

  it('is a path for one changed record', async () => {
    for (const position of [0, 1, 9999, 15_000, 19_999]) {
      const { nodes } = await costOf([labRecord(many(1, position)[0] as ItemRecord, { size: 150, version: 2 })]);
      expect(nodes).toBeLessThanOrEqual(4);
    }
  });

  it('is a path or two for one record more or less, wherever it is', async () => {
    for (let position = 3; position < COUNT; position += 997) {
      const key = { sort: position * 1000 + 1, id: 'new' };
      expect((await costOf([labRecord(key, { size: 150 })])).nodes).toBeLessThanOrEqual(8);
      expect((await costOf([{ remove: many(1, position)[0] as ItemRecord }])).nodes).toBeLessThanOrEqual(8);
    }
  });

  it('grows with the edits, not with the tree', async () => {
    const edits = Array.from({ length: 20 }, (_, i) =>
      labRecord(many(1, i * 999)[0] as ItemRecord, { size: 150, version: 2 }),
    );
    // 20 leaves, the inner nodes above them (a few of some 16 KiB), and the root.
    expect((await costOf(edits)).nodes).toBeLessThanOrEqual(20 + 20 + 4);
  });
});

describe('find', () => {
  it('finds every record and nothing else, with as many reads as the tree is high', async () => {
    const records = many(5000);
    const root = await lab.update(undefined, records);
    for (let i = 0; i < records.length; i += 371) {
      const { reads } = lab.objects.traffic;
      const record = records[i] as ItemRecord;
      expect((await lab.reader().find(root, record, itemRecordKind))?.value).toEqual(record);
      expect(lab.objects.traffic.reads - reads).toBeLessThanOrEqual(3);
      expect(await lab.reader().find(root, { ...record, id: `${record.id}x` }, itemRecordKind)).toBeUndefined();
    }
    expect(await lab.reader().find(root, { sort: -1, id: '' }, itemRecordKind)).toBeUndefined();
    expect(await lab.reader().find(undefined, { sort: 0, id: 'a' }, itemRecordKind)).toBeUndefined();
  });
});

describe('diffTrees', () => {
  async function differences(a: NodeReference | undefined, b: NodeReference | undefined): Promise<string[]> {
    const found: string[] = [];
    for await (const { before, after } of diffTrees(lab.reader(), a, b, itemRecordKind)) {
      const id = before?.value.id ?? after?.value.id;
      found.push(`${id} ${before?.value.changeKey ?? '-'} ${after?.value.changeKey ?? '-'}`);
    }
    return found.toSorted();
  }

  it('yields the difference of any two trees', async () => {
    for (let seed = 1; seed <= propertyRuns / 5; seed += 1) {
      const dice = seededRandomness(seed);
      const make = (count: number): Map<string, ItemRecord> =>
        new Map(
          Array.from({ length: count }, () => {
            const id = String(dice.integer(0, 400));
            const version = dice.fraction() < 0.9 ? 1 : 2;
            return [id, labRecord({ id, sort: Number(id) % 5 }, { size: 500, version })];
          }),
        );
      const [left, right] = [make(dice.pick([0, 1, 300])), make(dice.pick([0, 20, 300]))];
      const roots = await Promise.all([left, right].map((model) => lab.update(undefined, [...model.values()])));
      const expected = [...new Set([...left.keys(), ...right.keys()])]
        .map((id) => `${id} ${left.get(id)?.changeKey ?? '-'} ${right.get(id)?.changeKey ?? '-'}`)
        .filter((line) => new Set(line.split(' ').slice(1)).size === 2);
      expect(await differences(roots[0], roots[1]), `seed ${seed}`).toEqual(expected.toSorted());
    }
  });

  it('reads only what differs', async () => {
    const records = many(20_000);
    const before = await lab.update(undefined, records);
    const after = await lab.update(before, [labRecord(records[12_345] as ItemRecord, { size: 150, version: 2 })]);
    const { reads } = lab.objects.traffic;
    expect(await differences(before, after)).toEqual(['item-12345 1 2']);
    // Two paths of at most three nodes.
    expect(lab.objects.traffic.reads - reads).toBeLessThanOrEqual(6);
    const still = lab.objects.traffic.reads;
    expect(await differences(after, after)).toEqual([]);
    expect(lab.objects.traffic.reads - still).toBeLessThanOrEqual(2);
  });
});
