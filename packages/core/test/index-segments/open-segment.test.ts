import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { silentLogger } from '@holdfast/contracts';
import { virtualClock } from '@holdfast/testkit';
import { encodeBlobSegment } from '../../src/index-segments/blob-segment.ts';
import { createSegmentReader } from '../../src/index-segments/open-segment.ts';
import { createSegmentCache } from '../../src/index-segments/segment-cache.ts';
import { makeBlobRecords } from './fixtures.ts';
import { createIndexLab } from './index-lab.ts';

/** For so many the filter is always worth reading. */
const MANY_KEYS = 1_000_000;

it.each([false, true])(
  'keeps as many filters as it may, and gives them back when told to: encrypted %s',
  async (encrypted) => {
    const { open, objects, keyring } = await createIndexLab({ encrypted });
    const index = open();
    const filters: Uint8Array[] = [];
    for (const label of ['one', 'two']) {
      const content = encodeBlobSegment(makeBlobRecords(2048, label));
      filters.push(content.filter.slice());
      await index.write(content);
    }
    const segments = index.live('blobs');
    const cache = createSegmentCache({
      directory: undefined,
      temporaryDirectory: tmpdir(),
      // So that each read is seen at the storage.
      size: 0,
      clock: virtualClock(),
      logger: silentLogger,
    });
    const filterMemory = filters[0]!.length * 1.5;
    const reader = createSegmentReader({ objects, keyring, cache, logger: silentLogger, blockMemory: 0, filterMemory });

    async function readsOfAll(): Promise<number> {
      const before = objects.traffic.reads;
      for (const [i, segment] of segments.entries()) {
        expect(await reader.withFilter(segment, MANY_KEYS, (filter) => filter.slice())).toEqual(filters[i]);
      }
      return objects.traffic.reads - before;
    }
    expect([await readsOfAll(), await readsOfAll(), await readsOfAll()]).toEqual([2, 1, 1]);
    reader.release();
    expect([await readsOfAll(), await readsOfAll()]).toEqual([2, 1]);
    await index.close();
  },
);
