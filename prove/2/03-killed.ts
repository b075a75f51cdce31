/** The process killed in the middle of the first backup, at random moments; the next run, and what the snapshot holds. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startExchange } from '@holdfast/simulators/exchange';
import { seededRandomness } from '@holdfast/testkit';
import { createEmpty, finishBackup, interruptBackup } from '../../tests/end-to-end/interrupted-backup.ts';
import { letter } from '../../tests/end-to-end/letters.ts';
import { ADA } from '../../tests/end-to-end/world.ts';
import { conclude } from '../conclude.ts';

const MESSAGES = 400;
const KILLS = 3;
const seed = Date.now() % 1_000_000;
const randomness = seededRandomness(seed);

const exchange = await startExchange({ mailboxes: { [ADA]: {} }, latencyMs: 4 });
for (let i = 0; i < MESSAGES; i += 1) {
  await exchange.control.addMessage(ADA, ['inbox', 'Projects/Bridge', 'Archive'][i % 3] ?? '', letter(i));
}
const folder = await mkdtemp(join(tmpdir(), 'holdfast-prove-'));
const rounds: string[] = [];
let pass = true;
try {
  for (let kill = 0; kill < KILLS; kill += 1) {
    const settings = await createEmpty(exchange, join(folder, String(kill)));
    const { killed, items } = await interruptBackup(settings, randomness, { atMost: 4 });
    const { before, report, mime, differences, check } = await finishBackup(exchange, settings);
    const kept = before[0]?.statistics.items ?? 0;
    rounds.push(`killed at ${items}, went on from ${kept}, read ${mime} more, ${differences.length} differences`);
    for (const difference of differences) console.log(difference);
    pass &&=
      killed &&
      before[0]?.state === 'checkpoint' &&
      report.snapshot.continues[0] === before[0].id &&
      mime === MESSAGES - kept &&
      mime < MESSAGES &&
      report.snapshot.statistics.items === MESSAGES &&
      differences.length === 0 &&
      check.result === 'sound';
  }
} finally {
  await rm(folder, { recursive: true, force: true });
  await exchange.close();
}
conclude({
  title: `the first backup of ${MESSAGES} messages killed at random (seed ${seed}), then run again`,
  figure: rounds.join('; '),
  pass,
});
