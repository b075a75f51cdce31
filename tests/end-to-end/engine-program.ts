/**
 * Backs up an engine source that is large in some way into a folder, or restores or checks what was backed up, and prints what
 * came of it and the most memory that was in use. Started by tests, with its settings in HOLDFAST_SETTINGS.
 */
import process from 'node:process';
import { HoldfastError } from '@holdfast/contracts';
import type { ItemPart } from '@holdfast/contracts';
import { openRepository } from '@holdfast/core';
import { localDestination } from '@holdfast/destinations/local';
import { memoryMailbox, seededRandomness } from '@holdfast/testkit';
import { engineSource, ordinaryParts, streamedMessage, streamOf } from './engine-source.ts';

/** What the program is to do. */
export interface EngineProgramSettings {
  /** The repository, which is not encrypted. */
  readonly folder: string;
  /** Empty folders beside the one with items. */
  readonly emptyFolders?: number;
  /** Bytes of memory in the budget. @defaultValue what the budget has if nothing is said */
  readonly memory?: number | undefined;
  /** Bytes of an attachment of one of the items. */
  readonly attachment?: number;
  /** How many attachments of so many bytes a message has that comes as a stream. */
  readonly message?: { readonly attachments: number; readonly bytes: number };
  /** Items of 256 KiB beside the ordinary one. */
  readonly items?: number;
  /** What is done with the repository. @defaultValue `'backup'` */
  readonly act?: 'backup' | 'check' | 'restore' | undefined;
  /** The only worker thread is ended from outside when it is handed this task; then the same is done once more. */
  readonly killWorkerAtTask?: number | undefined;
}

/** The last line that the program prints, as JSON. */
export interface EngineProgramResult {
  /** The result, or the code of the error. */
  readonly outcome: string;
  /** The same of the second time. */
  readonly again?: string;
  /** The message of the error. */
  readonly message?: string;
  /** Worker threads that were ended from outside. */
  readonly killed: number;
  /** Bytes of item parts that were read. */
  readonly bytesRead?: number;
  /** Items of 256 KiB that the target holds as they were. */
  readonly restored?: number;
  /** The most memory that was in use, in megabytes. */
  readonly peakMegabytes: number;
}

let peak = 0;
const notePeak = (): void => {
  peak = Math.max(peak, process.memoryUsage.rss());
};
setInterval(notePeak, 20).unref();

const settings = JSON.parse(process.env['HOLDFAST_SETTINGS'] ?? '') as EngineProgramSettings;
const { folder, emptyFolders = 0, memory, attachment, message, items = 0, act = 'backup', killWorkerAtTask } = settings;

let killed = 0;
let itemsRead = 0;
let isArmed = act === 'backup';
const isUp = Promise.withResolvers<void>();
async function untilUp(): Promise<void> {
  // A worker that starts does not keep the process alive.
  const waiting = setInterval(() => {}, 1000);
  await isUp.promise.finally(() => clearInterval(waiting));
}
process.on('worker', (worker) => {
  if (killWorkerAtTask === undefined) return;
  worker.once('message', () => isUp.resolve());
  const hand = worker.postMessage.bind(worker);
  let tasks = 0;
  worker.postMessage = (...task) => {
    if (isArmed && (tasks += 1) === killWorkerAtTask && killed === 0) {
      killed += 1;
      // From now on it runs nothing of its own, so this task is in its hands for ever.
      void worker.terminate();
    }
    hand(...task);
  };
});

const source = engineSource(() => ({
  emptyFolders,
  items: {
    ordinary: () => ordinaryParts('ordinary'),
    ...Object.fromEntries(Array.from({ length: items }, (_, i) => [`item-${i}`, () => partsOfItem(i)])),
    ...(message === undefined
      ? {}
      : {
          many: () => [{ name: 'message.eml', bytes: streamedMessage(message.attachments, message.bytes) }],
        }),
    ...(attachment === undefined
      ? {}
      : { large: () => [...ordinaryParts('large'), { name: 'attachments/1.bin', bytes: streamOf(attachment) }] }),
  },
}));
const repository = await openRepository({
  destination: localDestination({ path: folder }),
  budget: { workers: killWorkerAtTask === undefined ? 2 : 1, memory },
});
const target = memoryMailbox({ id: 'target' });
if (killWorkerAtTask !== undefined && !isArmed) {
  // Enough work for a thread to be started, so that what follows is done in it.
  await repository.check({ level: 'ciphertext' });
  await untilUp();
  isArmed = true;
}
let result = await attempt();
if (killWorkerAtTask !== undefined) result = { ...result, again: (await attempt()).outcome };
if (act === 'restore') result = { ...result, restored: restoredItems() };
await repository.close();
notePeak();
console.log(JSON.stringify({ ...result, killed, peakMegabytes: peak / 1e6 } satisfies EngineProgramResult));

async function attempt(): Promise<Omit<EngineProgramResult, 'peakMegabytes' | 'killed'>> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    return { outcome: error.code, message: error.message };
  }
}

async function run(): ReturnType<typeof attempt> {
  if (act === 'check') {
    const { problems } = await repository.check({ level: 'decryption' });
    return { outcome: problems.length === 0 ? 'complete' : 'problems' };
  }
  if (act === 'restore') {
    const { result: outcome } = await repository.restore(await repository.planRestore({ snapshot: 'latest' }), target);
    return { outcome };
  }
  const { result: outcome, snapshot } = await repository.backup(source);
  return { outcome, bytesRead: snapshot.statistics.bytesRead };
}

/** Each item counts once for every time that it is there. */
function restoredItems(): number {
  const held = [...target.contents().values()].flat();
  const wanted = new Map(Array.from({ length: items }, (_, i) => [`item-${i}`, itemBytes(i)]));
  return held.filter(({ subject, parts }) => {
    const bytes = wanted.get(subject);
    const part = parts['data.bin'];
    return bytes !== undefined && part !== undefined && Buffer.compare(bytes, part) === 0;
  }).length;
}

/** Half of the items can be read only once there is a worker, however long that takes to start: it must get some of them. */
async function partsOfItem(number: number): Promise<readonly ItemPart[]> {
  itemsRead += 1;
  if (killWorkerAtTask !== undefined && itemsRead > items / 2) await untilUp();
  return [{ name: 'data.bin', bytes: itemBytes(number) }];
}

/** Bytes that are others for each item. */
function itemBytes(number: number): Uint8Array {
  return seededRandomness(number + 1).bytes(256 * 1024);
}
