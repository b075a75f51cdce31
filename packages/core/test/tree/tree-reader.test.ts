import { seededRandomness } from '@holdfast/testkit';
import { expect, it } from 'vitest';
import { createTreeLab, labRecord } from '../support/tree-lab.ts';
import { itemRecordKind } from '../../src/tree/item-record.ts';

const COUNT = 6000;

it('walks from any position to any other, and reads the nodes on the way alone', async () => {
  const lab = await createTreeLab();
  const records = Array.from({ length: COUNT }, (_, i) =>
    labRecord({ sort: i * 1000, id: `item-${i}` }, { size: 150 }),
  );
  const root = await lab.update(undefined, records);
  const dice = seededRandomness(1);
  const ranges = Array.from({ length: 40 }, () => [dice.integer(-60, COUNT), dice.integer(0, 120)] as const);
  for (const [from, length] of [...ranges, [0, COUNT] as const]) {
    const before = lab.objects.traffic.bytesRead;
    const walked = lab.reader().walk(root, itemRecordKind, { from, to: from + length });
    const ids = (await Array.fromAsync(walked)).map(({ value }) => value.id);
    const expected = records.slice(Math.max(0, from), Math.max(0, from + length)).map(({ id }) => id);
    expect(ids, `from ${from}`).toEqual(expected);
    // All of the tree are 56 KB.
    if (length < COUNT) expect(lab.objects.traffic.bytesRead - before).toBeLessThan(12_000);
  }
});

it('reads on for who looks one key up after the other, and for nobody else', async () => {
  const lab = await createTreeLab();
  const records = Array.from({ length: COUNT }, (_, i) =>
    labRecord({ sort: i * 1000, id: `item-${i}` }, { size: 150 }),
  );
  const root = await lab.update(undefined, records);
  const leaves = 60;
  const readsOf = async (some: readonly (typeof records)[number][]): Promise<number> => {
    const reader = lab.reader();
    const { reads } = lab.objects.traffic;
    for (const record of some) expect((await reader.find(root, record, itemRecordKind))?.value).toEqual(record);
    return lab.objects.traffic.reads - reads;
  };
  const apart = Array.from({ length: 10 }, (_, i) => records[((i * 37 + 5) % 60) * 100]!);
  expect(await readsOf(records)).toBeLessThan(leaves / 4);
  expect(await readsOf(apart)).toBeGreaterThanOrEqual(10);
  expect(await readsOf(records.slice(0, 1))).toBeLessThanOrEqual(3);
});
