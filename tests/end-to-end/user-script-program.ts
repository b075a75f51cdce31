/**
 * Backs a mailbox up, prints a line for each item and each checkpoint, and at the end what it cost. Started, and killed,
 * by the tests, with its settings in HOLDFAST_SETTINGS.
 */
import process from 'node:process';
import { runUserScript } from './user-script.ts';
import type { UserScriptSettings } from './user-script.ts';

// Not maxRSS of the system: on Linux a process inherits that of the one that started it.
let peak = 0;

try {
  const settings = JSON.parse(process.env['HOLDFAST_SETTINGS'] ?? '') as UserScriptSettings;
  const { snapshot } = await runUserScript(settings, {
    onProgress(event) {
      peak = Math.max(peak, process.memoryUsage.rss());
      if (event.type === 'item-stored') console.log('item');
      if (event.type === 'checkpoint-written') console.log(`checkpoint ${event.snapshot.id}`);
    },
  });
  console.log(JSON.stringify({ items: snapshot.statistics.items, peakMegabytes: peak / 1e6 }));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
