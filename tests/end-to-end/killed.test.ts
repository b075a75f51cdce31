import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startExchange } from '@holdfast/simulators/exchange';
import type { Exchange } from '@holdfast/simulators/exchange';
import { seededRandomness } from '@holdfast/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEmpty, finishBackup, interruptBackup } from './interrupted-backup.ts';
import { letter } from './letters.ts';
import { ADA } from './world.ts';

const MESSAGES = 260;
const slow = process.env['SLOW'] === '1';
const rounds = slow ? 40 : 2;
const seed = slow ? Date.now() % 1_000_000 : 5;

describe('a first backup whose process is killed', () => {
  const randomness = seededRandomness(seed);
  let exchange: Exchange;
  let folder: string;
  let next = 0;

  beforeAll(async () => {
    // Every request takes a moment, so that the kill comes before the end.
    exchange = await startExchange({ mailboxes: { [ADA]: {} }, latencyMs: 4 });
    const { control } = exchange;
    for (; next < MESSAGES; next += 1) {
      await control.addMessage(
        ADA,
        ['inbox', 'Projects/Bridge', 'Archive'][next % 7 > 2 ? 0 : next % 3] ?? '',
        letter(next),
      );
    }
    folder = await mkdtemp(join(tmpdir(), 'holdfast-killed-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
    await exchange.close();
  });

  /** Moves, flags and deletes a message each, anywhere, and adds one. */
  async function changeMailbox(): Promise<void> {
    const { control } = exchange;
    const ids = (await control.messages(ADA)).map(({ id }) => id);
    const take = (): string => ids.splice(randomness.integer(0, ids.length - 1), 1)[0] ?? '';
    control.moveMessage(ADA, take(), ['inbox', 'Archive', 'Projects/New'][randomness.integer(0, 2)] ?? '');
    control.updateMessage(ADA, take(), { flag: { flagStatus: 'flagged' }, isRead: true });
    control.deleteMessage(ADA, take());
    await control.addMessage(ADA, 'inbox', letter((next += 1)));
  }

  for (let round = 0; round < rounds; round += 1) {
    it(`goes on from its last checkpoint (seed ${seed}, round ${round})`, async () => {
      const settings = await createEmpty(exchange, join(folder, `once-${round}`));
      const interruption = await interruptBackup(settings, randomness, { atMost: 3 });
      expect(interruption, 'it must be killed before its end').toMatchObject({ killed: true });
      const { before, report, mime, differences, check } = await finishBackup(exchange, settings);

      const [last] = before;
      expect(last?.state).toBe('checkpoint');
      expect(before.length).toBeGreaterThanOrEqual(interruption.checkpoints);
      expect(report.snapshot.continues).toEqual([last?.id]);
      expect(last?.statistics.items).toBeGreaterThan(0);
      expect(mime).toBe(MESSAGES - (last?.statistics.items ?? 0));
      expect(report).toMatchObject({
        result: 'complete',
        snapshot: { state: 'complete', statistics: { items: MESSAGES } },
      });
      expect(differences).toEqual([]);
      expect(check).toMatchObject({ result: 'sound', problems: [] });
    });
  }

  it(`starts anew if it had no checkpoint yet (seed ${seed})`, async () => {
    const settings = await createEmpty(exchange, join(folder, 'early'));
    const interruption = await interruptBackup({ ...settings, checkpoint: {} }, randomness, { atLeast: 0, atMost: 0 });
    expect(interruption).toMatchObject({ killed: true, checkpoints: 0 });
    const { before, report, mime, differences, check } = await finishBackup(exchange, settings);
    expect(before).toEqual([]);
    expect(report.snapshot.continues).toEqual([]);
    expect(mime).toBe(MESSAGES);
    expect(differences).toEqual([]);
    expect(check).toMatchObject({ result: 'sound', problems: [] });
  });

  it(`gets to its end through several kills while the mailbox goes on living (seed ${seed})`, async () => {
    const settings = await createEmpty(exchange, join(folder, 'again-and-again'));
    for (let kill = 0; kill < 2; kill += 1) {
      await interruptBackup(settings, randomness, { atMost: 2 });
      for (let change = 0; change < 5; change += 1) await changeMailbox();
    }
    const { before, report, mime, differences, check } = await finishBackup(exchange, settings);
    expect(report.snapshot.continues).toEqual([before[0]?.id]);
    expect(mime).toBeLessThan(MESSAGES - 50);
    expect(report.result).toBe('complete');
    expect(differences).toEqual([]);
    expect(check).toMatchObject({ result: 'sound', problems: [] });
  });
});
