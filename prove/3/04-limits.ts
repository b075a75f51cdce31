/**
 * The limits of Exchange Online, kept and used: more requests and more uploads than are allowed, over HTTP in virtual time,
 * against the simulator that enforces the limits; then a hundred backups under storms of 429.
 */
import { requestRate } from '../../tests/end-to-end/request-rate.ts';
import { stormyBackup } from '../../tests/end-to-end/stormy-backup.ts';
import { uploadRate } from '../../tests/end-to-end/upload-rate.ts';
import { conclude } from '../conclude.ts';

const REQUESTS = 21_000;
const RUNS = 100;
const UPLOADS = 38;

const rate = await requestRate(REQUESTS);
const uploads = await uploadRate(UPLOADS);
let failed = 0;
let refused = 0;
let overLimit = 0;
let untold = 0;
let longest = 0;
let inFlight = rate.inFlight;
const forms = new Set<string>();
for (let seed = 1; seed <= RUNS; seed += 1) {
  try {
    const run = await stormyBackup(seed);
    const whole = run.report.result === 'complete' && run.differences.length === 0;
    if (!whole) console.log(`seed ${seed}: ${run.report.result}, ${run.differences.join('; ')}`);
    failed += whole ? 0 : 1;
    refused += run.refused;
    overLimit += run.overLimit;
    untold += run.refused - run.retries;
    longest = Math.max(longest, run.hours);
    inFlight = Math.max(inFlight, run.inFlight);
    for (const form of run.forms) forms.add(form);
  } catch (error) {
    failed += 1;
    console.log(`seed ${seed}:`, error);
  }
}

conclude({
  title: `${REQUESTS} requests to one mailbox as fast as the limits allow, and ${RUNS} backups under storms of 429`,
  figure:
    `${(rate.used * 100).toFixed(1)} % of 10,000 requests in 10 minutes used (at least 95), ` +
    `at most ${rate.mostInWindow} in any 10 minutes and ${inFlight} at a time, ${rate.refused} refused; ` +
    `${(uploads.used * 100).toFixed(1)} % of 150 MB of uploads in 5 minutes used, at most ${(uploads.mostInWindow / 1e6).toFixed(1)} MB, ` +
    `${uploads.refused} refused; ` +
    `${failed} of ${RUNS} backups failed, ${refused} requests refused, ${overLimit} of them over a limit, ${untold} not told, ` +
    `the longest backup ${longest.toFixed(1)} hours (Retry-After: ${[...forms].toSorted().join(', ')})`,
  pass:
    rate.used >= 0.95 &&
    rate.mostInWindow <= 10_000 &&
    rate.refused === 0 &&
    uploads.used >= 0.95 &&
    uploads.mostInWindow <= 150_000_000 &&
    uploads.refused === 0 &&
    uploads.restored === UPLOADS &&
    inFlight <= 4 &&
    failed === 0 &&
    untold === 0 &&
    overLimit === 0 &&
    refused > RUNS,
});
