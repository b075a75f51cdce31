import process from 'node:process';
import type { ChangeEvent, CollectionEvent, Source } from '@holdfast/contracts';
import { seededRandomness } from '@holdfast/testkit';
import type { MemoryMailbox, SeededRandomness } from '@holdfast/testkit';
import { describe, expect, it } from 'vitest';
import { createHarness, sampleItem } from '../support/harness.ts';
import { mailboxContents, restoredContents } from '../support/restored.ts';
import type { Contents } from '../support/restored.ts';

const RUNS = process.env['SLOW'] === '1' ? 1500 : 60;
const FIRST_SEED = Number(process.env['SEED'] ?? 1);

/** What every folder held at each moment of a run, as text. */
class Moments {
  readonly #seen = new Map<string, Set<string>>();

  note(contents: Contents, folders: Iterable<string>): void {
    for (const folder of folders) {
      const seen = this.#seen.get(folder) ?? new Set();
      this.#seen.set(folder, seen.add(folderText(contents, folder)));
    }
  }

  has(contents: Contents, folder: string): boolean {
    return this.#seen.get(folder)?.has(folderText(contents, folder)) === true;
  }
}

function folderText(contents: Contents, folder: string): string {
  return JSON.stringify([...contents].filter(([place]) => place.startsWith(`${folder}/`)));
}

/** Does one thing to the mailbox; items go back and forth a lot, also through folders that are new. */
function change(mailbox: MemoryMailbox, dice: SeededRandomness, number: number): void {
  const folders = [...mailbox.contents().keys()];
  const items = [...mailbox.contents()].flatMap(([folder, held]) => held.map(({ id }) => ({ folder, id })));
  const kind = dice.integer(0, 11);
  if (kind < 2 || items.length === 0) {
    mailbox.put(dice.pick(folders), sampleItem(`new-${number}`, { size: 60 + number }));
    return;
  }
  const { folder, id } = dice.pick(items);
  if (kind === 2) mailbox.put(folder, sampleItem(id, { version: number, size: 400 + number }));
  else if (kind === 3) mailbox.touch(id, { isRead: number });
  else if (kind === 4) mailbox.remove(id);
  else if (kind === 5) mailbox.expireCursors();
  else if (kind === 6) {
    mailbox.addCollection(`late-${number}`);
    for (const { id: one } of items.slice(0, 3)) mailbox.move(one, `late-${number}`);
  } else if (kind === 7 && folders.length > 2) {
    const gone = dice.pick(folders);
    const other = dice.pick(folders.filter((one) => one !== gone));
    for (const { id: one } of mailbox.contents().get(gone) ?? []) if (dice.fraction() < 0.6) mailbox.move(one, other);
    mailbox.removeCollection(gone);
  } else if (kind === 8) {
    mailbox.move(id, dice.pick(folders));
    mailbox.move(id, folder);
  } else mailbox.move(id, dice.pick(folders));
}

/** The mailbox, which is disturbed whenever anything is asked of it. */
function disturbed(mailbox: MemoryMailbox, disturb: () => void): Source {
  return {
    ...mailbox,
    async *collections(options): AsyncGenerator<CollectionEvent> {
      yield* mailbox.collections(options);
      disturb();
    },
    async *changes(collection, options): AsyncGenerator<ChangeEvent> {
      for await (const event of mailbox.changes(collection, options)) {
        yield event;
        disturb();
      }
      disturb();
    },
    async read(item, options) {
      disturb();
      const content = await mailbox.read(item, options);
      disturb();
      return content;
    },
    async *locate(ids, options) {
      for await (const location of mailbox.locate(ids, options)) {
        yield location;
        disturb();
      }
      disturb();
    },
  };
}

let atRest = 0;

describe('a mailbox that changes in the course of a run', () => {
  it.each(Array.from({ length: RUNS }, (_, i) => FIRST_SEED + i))(
    'is held by the snapshot folder by folder as it was at one moment (seed %i)',
    async (seed) => {
      const dice = seededRandomness(seed);
      const harness = await createHarness({ seed, pageSize: dice.integer(2, 5) });
      const { mailbox, repository } = harness;
      for (const folder of ['a', 'b', 'c']) mailbox.addCollection(folder);
      for (let i = 0; i < 20; i += 1)
        mailbox.put(dice.pick(['a', 'b', 'c']), sampleItem(`item-${i}`, { size: 40 + i }));
      if (dice.fraction() < 0.7) await repository.backup(mailbox);

      const moments = new Moments();
      let number = 0;
      let left = dice.integer(1, 12);
      const probability = dice.pick([0.05, 0.2, 0.5]);
      const note = (): void => moments.note(mailboxContents(mailbox), mailbox.contents().keys());
      note();
      const source = disturbed(mailbox, () => {
        if (left === 0 || dice.fraction() >= probability) return;
        left -= 1;
        change(mailbox, dice, (number += 1));
        note();
      });
      const { result, snapshot, coverage } = await repository.backup(source, {
        concurrency: dice.integer(1, 4),
        checkpoint: { items: dice.pick([1, 4, 1000]) },
      });
      const contents = await restoredContents(repository, snapshot.id);
      if (result !== 'complete') {
        for (const { reason } of coverage.failures) expect(reason).toBe('it keeps moving');
      }
      for await (const { id } of repository.collections({ snapshot: snapshot.id })) {
        if (coverage.collections.find((one) => one.id === id)?.atRest !== true) continue;
        atRest += 1;
        expect(moments.has(contents, id), `${id} as it never was`).toBe(true);
      }

      // Nothing is forgotten: a run in peace brings the rest.
      expect((await repository.backup(mailbox)).result).toBe('complete');
      expect(await restoredContents(repository)).toEqual(mailboxContents(mailbox));
      expect((await repository.backup(mailbox)).unchanged).toBe(true);
    },
  );

  it('comes to rest in most of its folders', () => {
    expect(atRest).toBeGreaterThan(2 * RUNS);
  });
});
