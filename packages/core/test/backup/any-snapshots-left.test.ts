import process from 'node:process';
import type { CaptureOptions, Repository } from '@holdfast/core';
import { seededRandomness } from '@holdfast/testkit';
import type { SeededRandomness } from '@holdfast/testkit';
import { describe, expect, it } from 'vitest';
import { namesOf } from '../support/damage.ts';
import { createHarness, sampleItem } from '../support/harness.ts';
import type { Harness } from '../support/harness.ts';
import { mailboxContents, restoredContents } from '../support/restored.ts';
import type { Contents } from '../support/restored.ts';

const HISTORIES = process.env['SLOW'] === '1' ? 600 : 13;
const FIRST_SEED = Number(process.env['SEED'] ?? 1);
const ROUNDS = 9;
const MODES: readonly CaptureOptions[] = [
  { mode: 'incremental' },
  { mode: 'incremental' },
  { mode: 'differential' },
  { mode: 'full' },
  { mode: 'full', selfContained: true },
];

/** A complete snapshot, what it must hold, and where it lies. */
interface Kept {
  readonly id: string;
  readonly object: string;
  readonly contents: Contents;
  /** Data objects that were there before the self-contained full that its line began with; none if it has none. */
  readonly needless: readonly string[];
}

function change({ mailbox }: Harness, dice: SeededRandomness, number: number): void {
  const collections = [...mailbox.contents().keys()];
  const items = [...mailbox.contents().values()].flat();
  const kind = dice.integer(0, 9);
  if (kind < 3 || items.length === 0) mailbox.put(dice.pick(collections), sampleItem(`n-${number}`, { size: 300 }));
  else {
    const { id } = dice.pick(items);
    const home = [...mailbox.contents()].find(([, held]) => held.some((item) => item.id === id))?.[0] ?? '';
    if (kind < 5) mailbox.put(home, sampleItem(id, { version: number, size: 100 + number }));
    else if (kind === 5) mailbox.touch(id, { isRead: true, number });
    else if (kind === 6) mailbox.move(id, dice.pick(collections));
    else if (kind === 7) mailbox.remove(id);
    else if (kind === 8) mailbox.addCollection(`folder-${number}`);
    else mailbox.expireCursors();
  }
}

/** Runs once, now and then with an interruption before; returns what the run left. */
async function runOnce(
  harness: Harness,
  repository: Repository,
  dice: SeededRandomness,
  needlessNow: readonly string[],
): Promise<Kept> {
  const { mailbox, objects } = harness;
  const capture = dice.pick(MODES);
  // Before an interrupted run as well: a self-contained full that goes on with one needs its packs.
  const before = namesOf(objects, 'data/');
  if (dice.fraction() < 0.3) {
    const controller = new AbortController();
    const at = dice.integer(2, 10);
    let events = 0;
    await repository
      .backup(mailbox, {
        capture: dice.pick(MODES),
        checkpoint: { items: dice.integer(1, 4) },
        signal: controller.signal,
        onProgress({ type }) {
          if (type === 'progress') return;
          events += 1;
          if (events === at) controller.abort('enough');
        },
      })
      .catch((error: unknown) => expect(error).toBe('enough'));
  }
  const known = new Set(namesOf(objects, 'snapshots/'));
  const { snapshot, result } = await repository.backup(mailbox, { capture });
  expect(result).toBe('complete');
  const written = namesOf(objects, 'snapshots/').filter((name) => !known.has(name));
  const object = await objectOf(harness, snapshot.id, written);
  const contents = mailboxContents(mailbox);
  expect(await restoredContents(repository, snapshot.id)).toEqual(contents);
  return { id: snapshot.id, object, contents, needless: snapshot.capture.selfContained ? before : needlessNow };
}

/** The object of a snapshot: the one without which it is not listed. */
async function objectOf(harness: Harness, id: string, written: readonly string[]): Promise<string> {
  for (const name of written) {
    const object = harness.objects.get(name);
    harness.objects.delete(name);
    const rest = await idsOf(await harness.reopen());
    if (object !== undefined) harness.objects.set(name, object);
    if (!rest.includes(id)) return name;
  }
  throw new Error(`no object of ${id}`);
}

async function idsOf(repository: Repository): Promise<string[]> {
  return (await Array.fromAsync(repository.snapshots({ checkpoints: true, onUnreadable() {} }))).map(({ id }) => id);
}

describe('snapshots of every mode', () => {
  it.each(Array.from({ length: HISTORIES }, (_, i) => FIRST_SEED + i))(
    'restore without any of the others, and runs go on from those that are left (seed %i)',
    async (seed) => {
      const dice = seededRandomness(seed);
      const harness = await createHarness({ seed, pageSize: dice.integer(2, 6) });
      for (const name of ['inbox', 'sent']) harness.mailbox.addCollection(name);
      for (let i = 0; i < 12; i += 1) harness.mailbox.put(i % 2 === 0 ? 'inbox' : 'sent', sampleItem(`i-${i}`));
      let kept: Kept[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        for (let changes = dice.integer(0, 4); changes > 0; changes -= 1) change(harness, dice, round * 10 + changes);
        const repository = dice.fraction() < 0.5 ? await harness.reopen() : harness.repository;
        // What a domain began with is known only while its line goes on.
        const line = kept.at(-1)?.needless ?? [];
        kept.push(await runOnce(harness, repository, dice, line));
        if (dice.fraction() < 0.4) {
          const gone = new Set(kept.slice(0, -1).filter(() => dice.fraction() < 0.5));
          for (const { object } of gone) harness.objects.delete(object);
          kept = kept.filter((one) => !gone.has(one));
        }
      }
      const gone = new Set(kept.filter(() => dice.fraction() < 0.5));
      for (const { object } of gone) harness.objects.delete(object);
      const reopened = await harness.reopen();
      for (const one of kept.filter((other) => !gone.has(other))) {
        expect(await restoredContents(reopened, one.id)).toEqual(one.contents);
      }
      change(harness, dice, 999);
      const after = await runOnce(harness, await harness.reopen(), dice, []);
      expect(await restoredContents(await harness.reopen(), after.id)).toEqual(after.contents);
    },
  );

  it.each(Array.from({ length: HISTORIES }, (_, i) => FIRST_SEED + i))(
    'need no pack older than the self-contained full that they follow (seed %i)',
    async (seed) => {
      const dice = seededRandomness(seed);
      const harness = await createHarness({ seed, pageSize: dice.integer(2, 6) });
      for (const name of ['inbox', 'sent']) harness.mailbox.addCollection(name);
      for (let i = 0; i < 12; i += 1) harness.mailbox.put(i % 2 === 0 ? 'inbox' : 'sent', sampleItem(`i-${i}`));
      const kept: Kept[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        for (let changes = dice.integer(0, 4); changes > 0; changes -= 1) change(harness, dice, round * 10 + changes);
        const repository = dice.fraction() < 0.5 ? await harness.reopen() : harness.repository;
        kept.push(await runOnce(harness, repository, dice, kept.at(-1)?.needless ?? []));
      }
      const newest = kept.at(-1)?.needless ?? [];
      for (const name of newest) expect(harness.objects.delete(name)).toBe(true);
      const left = kept.filter(({ needless }) => needless.length === newest.length);
      expect(left.length).toBeGreaterThan(0);
      const reopened = await harness.reopen();
      for (const { id, contents } of left) expect(await restoredContents(reopened, id)).toEqual(contents);
      change(harness, dice, 999);
      await runOnce(harness, reopened, dice, newest);
    },
  );
});
