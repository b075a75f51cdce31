import process from 'node:process';
import { DestinationError } from '@holdfast/contracts';
import { faultyDestination, seededRandomness } from '@holdfast/testkit';
import type { DestinationFaults, SeededRandomness } from '@holdfast/testkit';
import { describe, expect, it } from 'vitest';
import { createHarness, sampleItem } from '../support/harness.ts';
import type { Harness } from '../support/harness.ts';
import { mailboxContents, restoredContents } from '../support/restored.ts';
import type { Contents } from '../support/restored.ts';

const HISTORIES = process.env['SLOW'] === '1' ? 1500 : 20;
const FIRST_SEED = Number(process.env['SEED'] ?? 1);
const ROUNDS = 10;

/** A mailbox that changes at random; every version of every item is remembered. */
class ChangingMailbox {
  readonly failing = new Set<string>();
  readonly versions = new Map<string, Set<string>>();
  #made = 0;
  readonly #harness: Harness;
  readonly #dice: SeededRandomness;

  constructor(harness: Harness, dice: SeededRandomness) {
    this.#harness = harness;
    this.#dice = dice;
    for (let i = 0; i < 3; i += 1) this.#addCollection();
    for (let i = 0; i < 15; i += 1) this.#addItem();
    this.remember();
  }

  /** Does one thing that people and services do to mailboxes. */
  change(): void {
    const { mailbox } = this.#harness;
    const dice = this.#dice;
    const items = [...mailbox.contents().values()].flat();
    const collections = [...mailbox.contents().keys()];
    const kind = dice.integer(0, 19);
    if (kind < 5 || items.length === 0) this.#addItem();
    else {
      const { id, volatile } = dice.pick(items);
      if (kind < 8) {
        const from = [...mailbox.contents()].find(([, held]) => held.some((item) => item.id === id))?.[0] ?? '';
        mailbox.put(from, this.#version(id));
      } else if (kind < 10) mailbox.touch(id, { isRead: volatile['isRead'] !== true });
      else if (kind < 12) mailbox.move(id, dice.pick(collections));
      else if (kind < 13) {
        const home = [...mailbox.contents()].find(([, held]) => held.some((item) => item.id === id))?.[0] ?? '';
        const other = dice.pick(collections);
        mailbox.move(id, other);
        if (dice.fraction() < 0.5) mailbox.put(other, this.#version(id));
        mailbox.move(id, home);
      } else if (kind < 15) mailbox.remove(id);
      else if (kind === 15) this.#addCollection();
      else if (kind === 16 && collections.length > 2) mailbox.removeCollection(dice.pick(collections));
      else if (kind === 17) mailbox.expireCursors();
      else if (kind === 18) this.#fail(id);
      else for (const failing of this.failing) this.#heal(failing);
    }
    this.remember();
  }

  remember(): void {
    for (const [place, text] of mailboxContents(this.#harness.mailbox)) {
      const id = place.slice(place.indexOf('/') + 1);
      this.versions.set(id, (this.versions.get(id) ?? new Set()).add(text));
    }
  }

  #fail(id: string): void {
    this.failing.add(id);
    this.#harness.mailbox.failReads(id, 'ERR_ITEM_UNREADABLE');
  }

  #heal(id: string): void {
    this.failing.delete(id);
    this.#harness.mailbox.failReads(id, undefined);
  }

  #addCollection(): void {
    this.#harness.mailbox.addCollection(`folder-${(this.#made += 1)}`);
  }

  #addItem(): void {
    const id = `item-${(this.#made += 1)}`;
    this.#harness.mailbox.put(this.#dice.pick([...this.#harness.mailbox.contents().keys()]), this.#version(id));
  }

  #version(id: string): ReturnType<typeof sampleItem> {
    // Its own number in the length, so that no two versions look the same.
    const version = (this.#made += 1);
    return sampleItem(id, { version, size: 40 + version });
  }
}

/** What went into every complete snapshot. */
interface History {
  readonly harness: Harness;
  readonly changing: ChangingMailbox;
  readonly plan: DestinationFaults;
  readonly complete: Map<string, Contents>;
}

async function runOnce({ harness, changing, plan, complete }: History, dice: SeededRandomness): Promise<void> {
  const { mailbox } = harness;
  const repository = dice.fraction() < 0.4 ? await harness.reopen() : harness.repository;
  const trouble = dice.pick(['none', 'none', 'none', 'abort', 'storage', 'source', 'change'] as const);
  const controller = new AbortController();
  const at = dice.integer(1, 12);
  let events = 0;
  let puts = 0;
  if (trouble === 'storage') {
    const landed = dice.fraction() < 0.5;
    plan.put = ({ name }) => {
      puts += 1;
      return puts < at ? undefined : { landed, error: new DestinationError('ERR_STORAGE_FULL', { name }) };
    };
  }
  const down = [...mailbox.contents().values()].flat().at(-at)?.id;
  if (trouble === 'source' && down !== undefined) mailbox.failReads(down, 'ERR_SOURCE_UNREACHABLE');

  const outcome = await repository
    .backup(mailbox, {
      signal: controller.signal,
      concurrency: trouble === 'change' ? 1 : dice.integer(1, 4),
      checkpoint: { items: dice.pick([1, 3, 8, 1000]) },
      onProgress({ type }) {
        if (type === 'progress') return;
        events += 1;
        if (trouble === 'abort' && events === at) controller.abort('enough');
        if (trouble === 'change' && events % 4 === 0) changing.change();
      },
    })
    .catch((error: unknown) => ({ error }));
  plan.put = undefined;
  if (down !== undefined) {
    mailbox.failReads(down, changing.failing.has(down) ? 'ERR_ITEM_UNREADABLE' : undefined);
  }
  if ('error' in outcome) {
    if (trouble === 'abort') expect(outcome.error).toBe('enough');
    else if (trouble === 'storage') expect(DestinationError.is(outcome.error, 'ERR_STORAGE_FULL')).toBe(true);
    else if (trouble === 'source') expect(outcome.error).toMatchObject({ code: 'ERR_SOURCE_UNREACHABLE' });
    else throw outcome.error;
    return;
  }
  const { snapshot, result, coverage } = outcome;
  const contents = await restoredContents(await harness.reopen(), snapshot.id);
  const previous = [...complete.values()].at(-1) ?? new Map<string, string>();
  complete.set(snapshot.id, contents);
  if (trouble === 'change') return;

  const failed = new Set(coverage.failures.map(({ item }) => item));
  expect(result).toBe(failed.size === 0 ? 'complete' : 'complete-with-failures');
  for (const id of failed) expect(changing.failing).toContain(id);
  expect(failed.size).toBe(coverage.failures.length);
  const idOf = (place: string): string => place.slice(place.indexOf('/') + 1);
  const truth = mailboxContents(mailbox);
  const sound = (all: Contents): Contents => new Map([...all].filter(([place]) => !failed.has(idOf(place))));
  expect(sound(contents)).toEqual(sound(truth));
  // Of what could not be read, an old version stays, where the item is now.
  const before = new Set([...previous.keys()].map(idOf));
  for (const [place] of truth) {
    const id = idOf(place);
    if (!failed.has(id)) continue;
    const kept = contents.get(place);
    if (before.has(id)) expect(kept, `${place} is kept`).toBeDefined();
    if (kept !== undefined) expect(changing.versions.get(id)).toContain(kept);
  }
}

describe('any history of a mailbox', () => {
  it.each(Array.from({ length: HISTORIES }, (_, i) => FIRST_SEED + i))(
    'is held by its snapshots, whatever goes wrong in between (seed %i)',
    async (seed) => {
      const dice = seededRandomness(seed);
      const plan: DestinationFaults = {};
      const harness = await createHarness({
        seed,
        pageSize: dice.integer(2, 6),
        wrap: (inner) => faultyDestination(inner, { faults: plan }),
      });
      const history: History = {
        harness,
        changing: new ChangingMailbox(harness, dice),
        plan,
        complete: new Map(),
      };
      for (let round = 0; round < ROUNDS; round += 1) {
        for (let changes = dice.integer(0, 5); changes > 0; changes -= 1) history.changing.change();
        await runOnce(history, dice);
      }
      const reopened = await harness.reopen();
      for (const [id, contents] of history.complete) expect(await restoredContents(reopened, id)).toEqual(contents);
      expect((await reopened.check({ level: 'decryption' })).problems).toEqual([]);
    },
  );
});
