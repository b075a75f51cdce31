/**
 * Levels of Zstandard, and other choices of its parameters, on the pieces that the store makes of mail, by what they hold:
 * `node tools/run.mjs bench/experiments/level.ts [folder of corpora]`. The settings take turns with every two megabytes, in
 * one thread. What came of it: docs/decisions/0005-zstandard-3.md.
 */
import process from 'node:process';
import { constants, zstdCompressSync } from 'node:zlib';
import { frame } from '../../packages/core/src/blobs/codec.ts';
import { alignedTable } from '../report/table.ts';
import { experimentFolders } from './experiment-folders.ts';
import { storePieces } from './store-pieces.ts';
import type { StorePiece } from './store-pieces.ts';

const MOST = 500e6;
const LARGE = 16 * 1024;
const level = constants.ZSTD_c_compressionLevel;
const SETTINGS: readonly (readonly [string, Readonly<Record<number, number>>])[] = [
  ['level -3', { [level]: -3 }],
  ...[1, 2, 3, 4, 5, 6].map((number) => [`level ${number}`, { [level]: number }] as const),
  ['1, strategy dfast', { [level]: 1, [constants.ZSTD_c_strategy]: constants.ZSTD_dfast }],
  ['3, tables of 2^14', { [level]: 3, [constants.ZSTD_c_hashLog]: 14, [constants.ZSTD_c_chainLog]: 14 }],
  ['3, window of 2^17', { [level]: 3, [constants.ZSTD_c_windowLog]: 17 }],
  [
    '4, searchLog 1',
    { [level]: 4, [constants.ZSTD_c_strategy]: constants.ZSTD_greedy, [constants.ZSTD_c_searchLog]: 1 },
  ],
];

interface Cost {
  bytes: number;
  seconds: number;
}

for (const { name, folder } of await experimentFolders(process.argv[2])) {
  const raw = new Map<string, number>();
  const costs = new Map<string, Cost[]>();
  let turn = 0;
  for await (const pieces of storePieces({ folder, most: MOST })) {
    turn += 1;
    for (const [kind, some] of Map.groupBy(pieces, kindOf)) {
      const of = costs.get(kind) ?? SETTINGS.map(() => ({ bytes: 0, seconds: 0 }));
      costs.set(kind, of);
      raw.set(kind, (raw.get(kind) ?? 0) + some.reduce((sum, { bytes }) => sum + bytes.length, 0));
      for (const i of of.keys()) compressAll(some, (i + turn) % of.length, of);
    }
  }
  const kinds = [...costs.keys()].toSorted();
  const rows = SETTINGS.map(([setting], i) => [
    setting,
    ...kinds.map((kind) => {
      const cost = costs.get(kind)?.[i];
      return cost === undefined ? '–' : `${(cost.bytes / 1e6).toFixed(2)} MB ${cost.seconds.toFixed(2)} s`;
    }),
  ]);
  const heads = kinds.map((kind) => `${kind}: ${((raw.get(kind) ?? 0) / 1e6).toFixed(1)} MB`);
  console.log(`${name}\n${alignedTable([['', ...heads], ...rows])}\n`);
}

/** Attachments are told apart by whether the engine compresses them; of short ones that is not asked. */
function kindOf({ kind, bytes }: StorePiece): string {
  if (kind !== 'attachments') return kind;
  if (bytes.length < LARGE) return 'attachments below 16 KiB';
  return frame(bytes)[0] === 0 ? 'attachments kept raw' : 'attachments compressed';
}

function compressAll(pieces: readonly StorePiece[], setting: number, costs: readonly Cost[]): void {
  const [, params] = SETTINGS[setting] as (typeof SETTINGS)[number];
  const before = process.cpuUsage();
  let packed = 0;
  for (const { bytes } of pieces) {
    const chunkSize = bytes.length + (bytes.length >> 7) + 128;
    packed += Math.min(
      bytes.length,
      zstdCompressSync(bytes, { pledgedSrcSize: bytes.length, chunkSize, params }).length,
    );
  }
  const { user, system } = process.cpuUsage(before);
  const cost = costs[setting] as Cost;
  cost.bytes += packed;
  cost.seconds += (user + system) / 1e6;
}
