import { generateKey } from '@holdfast/crypto';
import { describe, expect, it } from 'vitest';
import { createHarness, sampleItem } from '../support/harness.ts';
import type { Harness } from '../support/harness.ts';

const DAY = 24 * 3600 * 1000;

async function quiet(options: Parameters<typeof createHarness>[0] = {}): Promise<Harness> {
  const harness = await createHarness(options);
  for (const name of ['inbox', 'sent', 'archive']) harness.mailbox.addCollection(name);
  for (let i = 0; i < 60; i += 1) harness.mailbox.put(i % 2 === 0 ? 'inbox' : 'sent', sampleItem(`i-${i}`));
  await harness.repository.backup(harness.mailbox);
  return harness;
}

/** Runs once and tells how many objects and bytes that added. */
async function cost({ repository, mailbox, objects }: Harness): Promise<{ objects: number; bytes: number }> {
  const sizeOf = (): number => [...objects.values()].reduce((sum, { bytes }) => sum + bytes.length, 0);
  const before = { objects: objects.size, bytes: sizeOf() };
  const report = await repository.backup(mailbox);
  expect(report.unchanged).toBe(true);
  const grown = { objects: objects.size - before.objects, bytes: sizeOf() - before.bytes };
  expect(grown).toEqual({ objects: report.objectsWritten, bytes: report.bytesWritten });
  return grown;
}

describe('a run without any change', () => {
  it('writes one small object, twice', async () => {
    for (const key of ['none', generateKey()] as const) {
      const harness = await quiet({ key });
      for (let run = 0; run < 2; run += 1) {
        const { objects, bytes } = await cost(harness);
        expect(objects).toBe(1);
        expect(bytes).toBeLessThanOrEqual(3072);
      }
    }
  });

  it('renews its cursors after a week, or after the second run', async () => {
    const harness = await quiet();
    await harness.clock.advance(6 * DAY);
    expect((await cost(harness)).objects).toBe(1);
    await harness.clock.advance(DAY);
    // A tree pack, two segments, and the snapshot.
    expect((await cost(harness)).objects).toBe(4);
    expect((await cost(harness)).objects).toBe(1);
    expect((await cost(harness)).objects).toBe(1);
    expect((await cost(harness)).objects).toBe(4);
  });
});
