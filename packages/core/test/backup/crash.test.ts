import { openRepository } from '@holdfast/core';
import { memoryDestination } from '@holdfast/destinations/memory';
import { seededRandomness, virtualClock } from '@holdfast/testkit';
import { describe, expect, it } from 'vitest';
import { createHarness, sampleItem } from '../support/harness.ts';
import type { Objects } from '../support/harness.ts';
import { mailboxContents, restoredContents } from '../support/restored.ts';
import type { Contents } from '../support/restored.ts';

describe('a process that dies', () => {
  it('leaves a sound repository after any number of objects, from which the next run goes on', async () => {
    const written: string[] = [];
    const harness = await createHarness({
      pageSize: 5,
      wrap: (inner) => ({
        ...inner,
        async put(name, bytes, options) {
          await inner.put(name, bytes, options);
          written.push(name);
        },
      }),
    });
    const { mailbox, repository, objects, clock } = harness;
    const truths = new Map<string, Contents>();
    for (const name of ['inbox', 'other', 'old']) mailbox.addCollection(name);
    for (let i = 0; i < 40; i += 1) mailbox.put(i % 3 === 0 ? 'other' : 'inbox', sampleItem(`i-${i}`));
    mailbox.put('old', sampleItem('o-1'));
    const first = await repository.backup(mailbox, { checkpoint: { items: 8 } });
    truths.set(first.snapshot.id, mailboxContents(mailbox));
    for (let i = 0; i < 10; i += 1) mailbox.put('inbox', sampleItem(`new-${i}`));
    mailbox.put('inbox', sampleItem('i-1', { version: 2, size: 300 }));
    mailbox.move('i-2', 'other');
    mailbox.remove('i-4');
    mailbox.removeCollection('old');
    const second = await repository.backup(mailbox, { checkpoint: { items: 4 } });
    truths.set(second.snapshot.id, mailboxContents(mailbox));
    const states = await Array.fromAsync(repository.snapshots({ checkpoints: true }));
    expect(states.filter(({ state }) => state === 'checkpoint').length).toBeGreaterThanOrEqual(5);

    const opening = written.indexOf('config') + 1;
    for (let length = opening; length <= written.length; length += 1) {
      const survived: Objects = new Map();
      for (const name of written.slice(0, length)) {
        const object = objects.get(name);
        if (object !== undefined) survived.set(name, object);
      }
      const after = await openRepository({
        destination: memoryDestination({ objects: survived }),
        clock: virtualClock({ start: clock.now() }),
        randomness: seededRandomness(length),
      });
      for await (const { id, state } of after.snapshots({ checkpoints: true })) {
        const contents = await restoredContents(after, id);
        const truth = truths.get(id);
        if (state === 'complete') expect(contents, `${length} objects`).toEqual(truth);
        else {
          // A checkpoint holds nothing that was not in the mailbox, before or after the changes.
          const known = [...contents].filter(([place, text]) =>
            [...truths.values()].some((one) => one.get(place) === text),
          );
          expect(known).toHaveLength(contents.size);
        }
      }
      expect((await after.check({ level: 'decryption' })).problems, `${length} objects`).toEqual([]);
      const report = await after.backup(mailbox);
      const contents = await restoredContents(after, report.snapshot.id);
      expect(contents, `after ${length} objects`).toEqual(mailboxContents(mailbox));
    }
  });
});
