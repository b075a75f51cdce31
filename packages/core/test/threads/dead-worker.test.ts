import { hash } from 'node:crypto';
import { RepositoryError } from '@holdfast/contracts';
import type { Repository } from '@holdfast/core';
import type { Keyring } from '@holdfast/crypto';
import { memoryMailbox } from '@holdfast/testkit';
import { expect, it } from 'vitest';
import type { Lanes } from '../../src/threads/lanes.ts';
import type { Lane } from '../../src/threads/lane.ts';
import type { TaskName } from '../../src/threads/tasks.ts';
import { createHarness, sampleItem } from '../support/harness.ts';
import { openWithLanes } from '../support/open-with-lanes.ts';
import { watchedLanes } from '../support/store-lab.ts';

/** Lanes of a worker that ends at the given call of a task, after which there is another one. */
function mortalLanes(keyring: Keyring, task: TaskName, fatal: number): Lanes {
  const { lanes } = watchedLanes(keyring);
  const lane = lanes.pick(0);
  let calls = 0;
  const mortal: Lane = {
    isThread: false,
    pending: 0,
    call(name, input, transfer) {
      if (name === task && (calls += 1) === fatal) {
        return Promise.reject(new RepositoryError('ERR_WORKER_FAILED', { reason: 'exit code 1' }));
      }
      return lane.call(name, input, transfer);
    },
  };
  return { ...lanes, pick: () => mortal };
}

/** A repository of three items, each too large to be read with others, whose worker ends. */
async function createLab(
  task: TaskName,
  fatal: number,
): Promise<{
  readonly repository: Repository;
  readonly mailbox: ReturnType<typeof memoryMailbox>;
}> {
  const harness = await createHarness();
  const { mailbox } = harness;
  mailbox.addCollection('inbox');
  for (const id of ['a', 'b', 'c']) mailbox.put('inbox', sampleItem(id, { size: 9 * 1024 * 1024 }));
  await harness.repository.backup(mailbox);
  return { mailbox, repository: await openWithLanes(harness, (keyring) => mortalLanes(keyring, task, fatal)) };
}

it('a worker that ends is no damage of what is checked', async () => {
  const { repository } = await createLab('verifyObject', 2);
  await expect(repository.check({ level: 'decryption' })).rejects.toMatchObject({ code: 'ERR_WORKER_FAILED' });
  expect(await repository.check({ level: 'decryption' })).toMatchObject({ result: 'sound', problems: [] });
});

it('a worker that ends is no fault of the item that is restored', async () => {
  const { repository, mailbox } = await createLab('openPieces', 3);
  const target = memoryMailbox({ id: 'target' });
  const plan = await repository.planRestore({ snapshot: 'latest' });
  await expect(repository.restore(plan, target)).rejects.toMatchObject({ code: 'ERR_WORKER_FAILED' });
  expect(await repository.restore(plan, target)).toMatchObject({ result: 'complete' });
  const [held, wanted] = [target, mailbox].map((box) =>
    [...box.contents().values()]
      .flat()
      .map(({ subject, parts }) => [subject, hash('sha256', parts['message.eml'] ?? '')]),
  );
  expect(held?.toSorted()).toEqual(wanted?.toSorted());
});
