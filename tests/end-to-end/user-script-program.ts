/**
 * Backs a mailbox up, or restores into one, prints a line for each item and each checkpoint, and at the end what it cost.
 * Started, and killed, by the tests, with its settings in HOLDFAST_SETTINGS.
 */
import process from 'node:process';
import { runRestoreScript, runUserScript } from './user-script.ts';
import type { UserScriptSettings } from './user-script.ts';

// Not maxRSS of the system: on Linux a process inherits that of the one that started it.
let peak = 0;

try {
  const settings = JSON.parse(process.env['HOLDFAST_SETTINGS'] ?? '') as UserScriptSettings;
  const items = await (settings.restoreInto === undefined ? backUp(settings) : restore(settings));
  console.log(JSON.stringify({ items, peakMegabytes: peak / 1e6 }));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function backUp(settings: UserScriptSettings): Promise<number> {
  const { snapshot } = await runUserScript(settings, {
    onProgress(event) {
      peak = Math.max(peak, process.memoryUsage.rss());
      if (event.type === 'item-stored') console.log('item');
      if (event.type === 'checkpoint-written') console.log(`checkpoint ${event.snapshot.id}`);
    },
  });
  return snapshot.statistics.items;
}

async function restore(settings: UserScriptSettings): Promise<number> {
  const { restored } = await runRestoreScript(settings, {
    onProgress(event) {
      peak = Math.max(peak, process.memoryUsage.rss());
      console.log(event.type === 'item-restored' ? 'item' : `failed ${event.code}`);
    },
  });
  return restored;
}
