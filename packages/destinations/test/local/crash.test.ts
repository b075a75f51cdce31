import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { seededRandomness } from '@holdfast/testkit';
import { describe, expect, it } from 'vitest';

import { localDestination } from '../../src/local/index.ts';

const rounds = process.env['SLOW'] === '1' ? 50 : 3;
const seed = 11;

/** Runs a writer, kills it after so many objects, and tells which puts had been reported as done. */
async function writeUntilKilled(path: string, round: number, after: number): Promise<string[]> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'crash-writer.ts'), path, String(round)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const done: string[] = [];
  const closed = once(child, 'close');
  for await (const name of createInterface({ input: child.stdout })) {
    done.push(name);
    if (done.length === after) child.kill('SIGKILL');
  }
  const [, signal] = (await closed) as [number | null, string | null];
  expect(signal, 'the writer must not have ended by itself').toBe('SIGKILL');
  return done;
}

describe('localDestination', () => {
  it(`keeps whole objects only when its process is killed in the middle of puts (seed ${seed})`, async () => {
    const path = await mkdtemp(join(tmpdir(), 'crash-'));
    const randomness = seededRandomness(seed);
    try {
      let unfinished = 0;
      for (let round = 0; round < rounds; round += 1) {
        const done = await writeUntilKilled(path, round, randomness.integer(5, 30));
        const destination = localDestination({ path });
        const visible = new Set<string>();
        for await (const { name } of destination.list('')) {
          visible.add(name);
          const bytes = await destination.get(name);
          const digest = createHash('sha256').update(bytes.subarray(32)).digest();
          expect(digest.equals(bytes.subarray(0, 32)), `${name} is whole`).toBe(true);
        }
        expect(done.filter((name) => !visible.has(name))).toEqual([]);
        unfinished = (await readdir(join(path, '.incoming'))).length;
      }
      // Otherwise no kill ever met a put half-way, and the test shows nothing.
      expect(unfinished).toBeGreaterThan(0);
    } finally {
      await rm(path, { recursive: true });
    }
  }, 30_000);
});
