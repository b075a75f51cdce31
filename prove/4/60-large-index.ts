/** What the index takes with ten million blobs: memory of the whole process, looking up and merging, and look-ups a second. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { writeLargeIndex } from '../../tests/end-to-end/large-index.ts';
import type { LargeIndexResult } from '../../tests/end-to-end/large-index-program.ts';
import { root, runCommand } from '../../tools/run-command.ts';
import { conclude } from '../conclude.ts';

const folder = await mkdtemp(join(tmpdir(), 'holdfast-large-index-'));
/** Sources are stripped of types once, in the first process: that alone takes 30 MB, and published packages have none. */
const env = { NODE_COMPILE_CACHE: join(folder, 'code') };
const RECORDS = 10_000_000;

async function measure(mode: 'memory' | 'disk', lookUps: number, ...rest: 'merge'[]): Promise<LargeIndexResult> {
  const program = join(root, 'tests/end-to-end/large-index-program.ts');
  const args = [program, join(folder, 'storage'), String(RECORDS), mode, String(lookUps), ...rest];
  const { code, stdout, output } = await runCommand(process.execPath, args, { env });
  if (code !== 0) throw new Error(output);
  console.log(stdout.trim());
  return JSON.parse(stdout) as LargeIndexResult;
}

try {
  await writeLargeIndex(join(folder, 'storage'), RECORDS);
  await measure('disk', 1000);
  const memory = await measure('memory', 4_000_000);
  const disk = await measure('disk', 40_000);
  // Last, since it changes what is stored.
  const merge = await measure('disk', 500, 'merge');
  const megabytes = ({ peak }: LargeIndexResult): string => `${(peak / 1e6).toFixed(0)} MB`;
  conclude({
    title: `ten million blobs: at most 400 MB and a million look-ups a second in memory, at most 120 MB on disk`,
    figure:
      `${megabytes(memory)}, ${memory.perSecond} a second; ${megabytes(disk)}, ${disk.perSecond} a second; ` +
      `${megabytes(merge)} to look some up and merge eight segments on disk`,
    pass:
      memory.peak <= 400e6 &&
      memory.perSecond >= 1e6 &&
      Math.max(disk.peak, merge.peak) <= 120e6 &&
      merge.segments < disk.segments &&
      memory.wrong + disk.wrong + merge.wrong === 0,
  });
} finally {
  await rm(folder, { recursive: true, force: true });
}
