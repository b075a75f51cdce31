/**
 * Looks blobs up in an index that `large-index.ts` wrote, half of them known and half not, in batches, and prints what that took:
 * `node large-index-program.ts <folder> <blobs> <memory|disk> <look-ups> [merge]`. With `merge` it then merges what is due, and
 * looks up again. A process of its own, so that its memory is that of the index.
 */
import process from 'node:process';
import { silentLogger } from '@holdfast/contracts';
import { mergeIndex } from '../../packages/core/src/repository/merge-index.ts';
import { idAt, idsOf, openLargeIndex, PER_SEGMENT } from './large-index.ts';

/** What one process measured. */
export interface LargeIndexResult {
  /** Milliseconds until all segments were open. */
  readonly openMs: number;
  /** Milliseconds of the first batch, which reads what look-ups need. */
  readonly firstMs: number;
  /** Look-ups a second after that. */
  readonly perSecond: number;
  /** Wrong answers. */
  readonly wrong: number;
  /** Segments of blobs in the end. */
  readonly segments: number;
  /** Most memory that the process ever had, in bytes. */
  readonly peak: number;
}

const BATCH = 500;
/** Known ids come from so many segments, so that the process holds few of them itself. */
const SAMPLED = 4;

const [folder = '', blobs = '1', mode = 'memory', lookUps = '100000', merge] = process.argv.slice(2);
const segments = Math.ceil(Number(blobs) / PER_SEGMENT);
const index = openLargeIndex(folder, { index: mode === 'disk' ? 'disk' : 'memory', memory: 128 * 1024 * 1024 });
const begin = performance.now();
await index.refresh();
const opened = performance.now();

let step = 0;
const next = (limit: number): number => (step = (step * 48_271 + 11) % 2_147_483_647) % limit;
const known = Array.from({ length: SAMPLED }, (_, i) => idsOf(Math.floor((i * segments) / SAMPLED), 10_000));
const unknown = idsOf(1_000_000, 10_000);
let wrong = 0;
async function lookUp(): Promise<void> {
  const expected: boolean[] = [];
  const ids = Array.from({ length: BATCH }, (_, i) => {
    expected.push(i % 2 === 0);
    const from = i % 2 === 0 ? known[next(SAMPLED)]! : unknown;
    return idAt(from, next(10_000));
  });
  const started = performance.now();
  const found = await index.blobs.hasMany(ids);
  spent += performance.now() - started;
  wrong += found.filter((isKnown, i) => isKnown !== expected[i]).length;
}

let spent = 0;
await lookUp();
const firstMs = spent;
spent = 0;
const rounds = Math.ceil(Number(lookUps) / BATCH);
for (let round = 0; round < rounds; round += 1) await lookUp();
const perSecond = Math.round((rounds * BATCH * 1000) / spent);
if (merge !== undefined) {
  await mergeIndex(index, { blobs: 0, items: 0, snapshots: 0 }, { logger: silentLogger });
  await lookUp();
}
const segmentsLeft = index.live('blobs').length;
await index.close();
const result: LargeIndexResult = {
  openMs: Math.round(opened - begin),
  firstMs: Math.round(firstMs),
  perSecond,
  wrong,
  segments: segmentsLeft,
  peak: process.resourceUsage().maxRSS * 1024,
};
console.log(JSON.stringify(result));
