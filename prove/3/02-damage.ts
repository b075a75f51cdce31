/**
 * A small repository, encrypted and clear: every byte of every object flipped in turn, every object removed, every two of
 * a kind exchanged, cut, made longer, replaced by one of another repository. After each, everything is asked of it.
 */
import type { SweepReport } from '../../packages/core/test/damage/sweep.ts';
import { sweepDamage } from '../../packages/core/test/damage/sweep.ts';
import { conclude } from '../conclude.ts';

const reports: SweepReport[] = [];
for (const encryption of ['encrypted', 'clear'] as const) {
  const report = await sweepDamage({ encryption, flipEvery: 1, cutEvery: 16, seed: 3 });
  const { objects, bytes, tried, ended, complaints } = report;
  console.log(`${encryption}: ${objects} objects, ${bytes} bytes; tried ${JSON.stringify(tried)}`);
  console.log(
    `${ended.refused} ended in a typed error that names the object; in ${ended.named} all data was right and the check named it; in ${ended.earlier} the newest snapshot was gone, and the repository was that of the run before`,
  );
  for (const complaint of complaints.slice(0, 20)) console.log(`  ${complaint.slice(0, 400)}`);
  reports.push(report);
}
const sum = (count: (report: SweepReport) => number): number =>
  reports.reduce((total, report) => total + count(report), 0);
const complaints = sum((report) => report.complaints.length);
conclude({
  title:
    'every byte flipped, every object removed, every two of a kind exchanged: a typed error or right data, and named',
  figure: `${sum(({ objects }) => objects)} objects: ${sum(({ tried }) => tried.flip)} flips, ${sum(({ tried }) => tried.removal)} removals, ${sum(({ tried }) => tried.exchange)} exchanges, ${sum(({ tried }) => tried.cut + tried.extension + tried.foreign)} others; ${sum(({ ended }) => ended.refused)} typed errors, ${sum(({ ended }) => ended.named)} right and named by the check, ${sum(({ ended }) => ended.earlier)} as before the last run; ${complaints} wrong`,
  pass:
    complaints === 0 && reports.every(({ bytes, tried, objects }) => tried.flip === bytes && tried.removal === objects),
});
