/**
 * Backs a mailbox up, or restores into one, prints a line for each item and each checkpoint, and at the end what it cost.
 * Started, and killed, by the tests, with its settings in HOLDFAST_SETTINGS.
 */
import process from 'node:process';
import { runRestoreScript, runUserScript } from './user-script.ts';
import type { UserScriptSettings } from './user-script.ts';

/** The last line that the program prints, as JSON. */
export interface UserScriptResult {
  /** Items in the snapshot, or items restored. */
  readonly items: number;
  /** `complete` or `complete-with-failures`. */
  readonly result: string;
  /** Whether a backup found nothing new. */
  readonly unchanged?: boolean;
  /** Objects that a backup wrote. */
  readonly objectsWritten?: number;
  /** Requests about the mailbox, and how many they are to the service, which counts those in a batch. */
  readonly requests: number;
  readonly counted: number;
  /** The most memory that was in use, in megabytes. */
  readonly peakMegabytes: number;
  /** How long it took, in seconds. */
  readonly seconds: number;
}

// Not maxRSS of the system: on Linux a process inherits that of the one that started it.
let peak = 0;
const notePeak = (): void => {
  peak = Math.max(peak, process.memoryUsage.rss());
};
setInterval(notePeak, 20).unref();
const begin = performance.now();

try {
  const settings = JSON.parse(process.env['HOLDFAST_SETTINGS'] ?? '') as UserScriptSettings;
  const done = await (settings.restoreInto === undefined ? backUp(settings) : restore(settings));
  notePeak();
  const seconds = (performance.now() - begin) / 1000;
  console.log(JSON.stringify({ ...done, peakMegabytes: peak / 1e6, seconds } satisfies UserScriptResult));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

type Done = Omit<UserScriptResult, 'peakMegabytes' | 'seconds'>;

async function backUp(settings: UserScriptSettings): Promise<Done> {
  const { snapshot, result, unchanged, objectsWritten, usage } = await runUserScript(settings, {
    onProgress(event) {
      notePeak();
      if (event.type === 'item-stored') console.log('item');
      if (event.type === 'checkpoint-written') console.log(`checkpoint ${event.snapshot.id}`);
    },
  });
  return {
    items: snapshot.statistics.items,
    result,
    unchanged,
    objectsWritten,
    requests: usage.total,
    counted: usage.counted,
  };
}

async function restore(settings: UserScriptSettings): Promise<Done> {
  const { restored, result, usage } = await runRestoreScript(settings, {
    onProgress(event) {
      notePeak();
      if (event.type === 'progress') return;
      console.log(event.type === 'item-restored' ? 'item' : `failed ${event.code}`);
    },
  });
  return { items: restored, result, requests: usage.total, counted: usage.counted };
}
