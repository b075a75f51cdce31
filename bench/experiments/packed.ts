/**
 * What telling packed bytes by a sample spares and what it loses: `node tools/run.mjs bench/experiments/packed.ts [folder of
 * corpora]`. What came of it: docs/decisions/0005-zstandard-3.md.
 */
import process from 'node:process';
import { constants, zstdCompressSync } from 'node:zlib';
import { seemsPacked } from '../../packages/core/src/blobs/seems-packed.ts';
import { alignedTable } from '../report/table.ts';
import { experimentFolders } from './experiment-folders.ts';
import { storePieces } from './store-pieces.ts';

const MOST = 500e6;
const KIB = 1024;
const RULES: readonly (readonly [string, (raw: Uint8Array) => boolean])[] = [
  ['everything is compressed', () => false],
  ['a sample shrinks below 0.97', (raw) => raw.length >= 32 * KIB && zstdOfSample(raw) >= 0.97],
  ['as the engine does', seemsPacked],
];

for (const { name, folder } of await experimentFolders(process.argv[2])) {
  const costs = RULES.map(() => ({ raw: 0, stored: 0, seconds: 0 }));
  let turn = 0;
  for await (const pieces of storePieces({ folder, most: MOST })) {
    turn += 1;
    for (const i of RULES.keys()) {
      const chosen = (i + turn) % RULES.length;
      const [, isPacked] = RULES[chosen] as (typeof RULES)[number];
      const cost = costs[chosen] as (typeof costs)[number];
      const before = process.cpuUsage();
      for (const { bytes } of pieces) {
        const staysRaw = isPacked(bytes);
        cost.raw += staysRaw ? bytes.length : 0;
        cost.stored += staysRaw ? bytes.length : Math.min(bytes.length, compressedLength(bytes, 3));
      }
      const { user, system } = process.cpuUsage(before);
      cost.seconds += (user + system) / 1e6;
    }
  }
  const least = costs[0]?.stored ?? 0;
  const rows = costs.map(({ raw, stored, seconds }, i) => [
    RULES[i]?.[0] ?? '',
    ...[raw, stored, stored - least].map((bytes) => (bytes / 1e6).toFixed(2)),
    seconds.toFixed(2),
  ]);
  const head = ['', 'not compressed, MB', 'stored, MB', 'lost, MB', 'CPU s'];
  console.log(`${name}\n${alignedTable([head, ...rows])}\n`);
}

/** By what eight stretches of a KiB are multiplied. */
function zstdOfSample(raw: Uint8Array): number {
  const step = Math.floor((raw.length - KIB) / 7);
  const sample = new Uint8Array(8 * KIB);
  for (let i = 0; i < 8; i += 1) sample.set(raw.subarray(i * step, i * step + KIB), i * KIB);
  return compressedLength(sample, 1) / sample.length;
}

function compressedLength(raw: Uint8Array, level: number): number {
  const chunkSize = raw.length + (raw.length >> 7) + 128;
  const params = { [constants.ZSTD_c_compressionLevel]: level };
  return zstdCompressSync(raw, { pledgedSrcSize: raw.length, chunkSize, params }).length;
}
