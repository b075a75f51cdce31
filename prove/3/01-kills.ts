/** Kill -9 at 50 random moments of a backup and 50 of a restore, then run again. PROVE_KILLS says how many others. */
import process from 'node:process';
import { seededRandomness } from '@holdfast/testkit';
import { killingGround } from '../../tests/end-to-end/kill-anywhere.ts';
import type { AfterKill } from '../../tests/end-to-end/kill-anywhere.ts';
import { conclude } from '../conclude.ts';

const KILLS = Number(process.env['PROVE_KILLS'] ?? 50);
/** A service of its own for so many: processes know nothing of each other's share of a mailbox's 10,000 requests. */
const KILLS_EACH = 10;
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

const dice = seededRandomness(seed);
const backups: AfterKill[] = [];
const restores: AfterKill[] = [];
for (let left = KILLS; left > 0; left -= KILLS_EACH) {
  const kills = Math.min(left, KILLS_EACH);
  const ground = await killingGround(dice, kills);
  try {
    for (let kill = 0; kill < kills; kill += 1) backups.push(await ground.killBackup());
    for (let kill = 0; kill < kills; kill += 1) restores.push(await ground.killRestore());
  } finally {
    await ground[Symbol.asyncDispose]();
  }
}

const wrong = [...backups, ...restores].filter(({ complaints }) => complaints.length > 0);
for (const { before, complaints } of wrong) console.log(`killed at item ${before}: ${complaints.join('; ')}`);
const told = (kills: readonly AfterKill[]): string => {
  const [killed, midway] = [kills.filter((one) => one.killed), kills.filter((one) => one.killed && one.before > 0)];
  return `${kills.length} (${killed.length} before the end, ${midway.length} of them with some items done)`;
};
conclude({
  title: `processes killed at random moments (seed ${seed}), then run again`,
  figure:
    `backups ${told(backups)}, restores ${told(restores)}: every snapshot is the mailbox and checks clean, every target is ` +
    `the snapshot, nothing read or created twice; ${wrong.length} otherwise`,
  pass: wrong.length === 0 && [...backups, ...restores].filter(({ killed }) => killed).length > KILLS,
});
