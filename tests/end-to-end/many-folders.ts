import { inspect } from 'node:util';
import { addOrdinaryMail, differencesOfSnapshot } from './live-with.ts';
import type { BadMailOutcome } from './live-with.ts';
import { startOutsideWorld } from './in-process.ts';
import type { OutsideWorld } from './in-process.ts';
import { use } from './use.ts';
import { ADA, EVE } from './world.ts';

/** Megabytes of heap that are enough for 100,000 folders. */
const HEAP = 768;

/**
 * Backs a mailbox up that has so many empty folders beside ordinary mail: half of them beside each other, half in a tree.
 * Then once more without a change, and restores it twice, each in a process of its own with a heap that is limited.
 */
export function manyFolders(count: number): Promise<BadMailOutcome> {
  return use(startOutsideWorld(HEAP), (world) => manyFoldersIn(world, count));
}

async function manyFoldersIn(world: OutsideWorld, count: number): Promise<BadMailOutcome> {
  const { control, exchange } = world;
  await addOrdinaryMail(world);
  for (let i = 0; i < count; i += 1) {
    const path = i % 2 === 0 ? ['Flat', `Folder ${i}`] : ['Deep', `Year ${i % 101}`, `Month ${i % 7}`, `Folder ${i}`];
    control.createFolder(ADA, path);
  }
  const total = control.folders(ADA).length;
  const complaints: string[] = [];
  const expectThat = (holds: boolean, complaint: () => string): void => {
    if (!holds) complaints.push(complaint());
  };

  const first = await world.run({ createRepository: true });
  expectThat(first.result === 'complete', () => `the backup: ${inspect(first)}`);
  // Each folder is asked once for the folders in it; nothing is asked of one that is empty.
  expectThat(first.counted < total * 1.1 + 200, () => `${first.counted} requests for ${total} folders`);
  expectThat((first.objectsWritten ?? 0) < 20, () => `${first.objectsWritten} objects were written`);
  const second = await world.run();
  expectThat(second.unchanged === true && second.objectsWritten === 1, () => `the second run: ${inspect(second)}`);
  const repository = await world.open();
  try {
    complaints.push(...(await differencesOfSnapshot({ control, repository }, 'latest', [])));
  } finally {
    await repository.close();
  }

  const restored = await world.run({ restoreInto: EVE });
  expectThat(restored.result === 'complete', () => `the restore: ${inspect(restored)}`);
  expectThat(restored.counted < total * 1.1 + 200, () => `${restored.counted} requests to restore`);
  const again = await world.run({ restoreInto: EVE });
  expectThat(again.items === 0 && again.requests < total, () => `the second restore: ${inspect(again)}`);
  const pathsOf = (mailbox: string): string =>
    control
      .folders(mailbox)
      .map(({ path }) => path.join('/'))
      .toSorted()
      .join('\n');
  expectThat(pathsOf(ADA) === pathsOf(EVE), () => 'the restored folders are others');
  const messages = (await control.messages(EVE, { mime: false })).length;
  expectThat(messages === (await control.messages(ADA, { mime: false })).length, () => `${messages} messages restored`);
  expectThat(exchange.requests.throttled === 0, () => `${exchange.requests.throttled} requests were over a limit`);

  const figure = ({ seconds, peakMegabytes, requests, counted }: typeof first): string =>
    `${seconds.toFixed(1)} s, ${peakMegabytes.toFixed(0)} MB, ${requests} requests (${counted} by the service's count)`;
  const outcome =
    `success with ${total} folders: backup ${figure(first)}, ${first.objectsWritten} objects; unchanged run ` +
    `${figure(second)}, ${second.objectsWritten} object; restore ${figure(restored)}; again ${figure(again)}`;
  return { outcome, complaints };
}
