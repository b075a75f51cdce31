import { setImmediate } from 'node:timers/promises';
import { DestinationError } from '@holdfast/contracts';
import type { Destination } from '@holdfast/contracts';
import type { Repository } from '@holdfast/core';
import type { Keyring } from '@holdfast/crypto';
import { seededRandomness } from '@holdfast/testkit';
import { expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';
import type { Harness } from '../support/harness.ts';
import { openWithLanes } from '../support/open-with-lanes.ts';
import { watchedLanes } from '../support/store-lab.ts';
import type { WatchedLanes } from '../support/store-lab.ts';

interface Lab extends Pick<Harness, 'mailbox'>, Pick<WatchedLanes, 'sessions'> {
  readonly repository: Repository;
  /** Puts that were begun, and how many of them are at an end. */
  readonly puts: { begun: number; ended: number };
}

/** A mailbox of some packs and a repository for it, whose puts take some turns and do what `act` does. */
async function createLab(act: (put: number) => void = () => {}): Promise<Lab> {
  const harness = await createHarness();
  const { mailbox } = harness;
  mailbox.addCollection('inbox');
  for (let i = 0; i < 16; i += 1) {
    const parts = { 'data.bin': seededRandomness(i).bytes(1_500_000) };
    mailbox.put('inbox', { id: `item-${i}`, subject: '', created: i, parts, volatile: {} });
  }
  const puts = { begun: 0, ended: 0 };
  const slow = (inner: Destination): Destination => ({
    ...inner,
    async put(name, bytes, options) {
      puts.begun += 1;
      const number = puts.begun;
      try {
        for (let i = 0; i < 100; i += 1) await setImmediate();
        act(number);
        await inner.put(name, bytes, options);
      } finally {
        puts.ended += 1;
      }
    },
  });
  let sessions: WatchedLanes['sessions'] = new Map();
  const watch = (keyring: Keyring): WatchedLanes['lanes'] => {
    const watched = watchedLanes(keyring);
    sessions = watched.sessions;
    return watched.lanes;
  };
  const repository = await openWithLanes(harness, watch, slow);
  return { mailbox, sessions, puts, repository };
}

it('a run that succeeded leaves nothing in the lanes', async () => {
  const { repository, mailbox, sessions, puts } = await createLab();
  await repository.backup(mailbox);
  expect(sessions.size).toBe(0);
  expect(puts.ended).toBe(puts.begun);
});

it.each(['a storage that is full', 'an abort'])(
  'a run that was ended by %s leaves nothing, and writes nothing afterwards',
  async (cause) => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const { repository, mailbox, sessions, puts } = await createLab((pack) => {
      if (pack !== 2) return;
      if (cause === 'an abort') controller.abort(reason);
      else throw new DestinationError('ERR_STORAGE_FULL', { name: 'data/' });
    });
    const error: unknown = await repository
      .backup(mailbox, { signal: controller.signal })
      .catch((thrown: unknown) => thrown);
    const { begun } = puts;
    expect(puts.ended, 'puts at an end').toBe(begun);
    expect(sessions.size).toBe(0);
    if (cause === 'an abort') expect(error).toBe(reason);
    else expect(error).toMatchObject({ code: 'ERR_STORAGE_FULL' });
    for (let i = 0; i < 300; i += 1) await setImmediate();
    expect(puts.begun).toBe(begun);
  },
);
