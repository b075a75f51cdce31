import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { randomKillMoment, seededRandomness, startProcess, virtualClock } from '../../src/index.ts';
import type { KillableProcess, StartProcessOptions } from '../../src/index.ts';

/** Prints a line every few milliseconds, for ever, and does its last things when it is asked to end. */
const COUNTING = `
  process.on('SIGTERM', () => { console.log('cleaned up'); process.exit(0); });
  let n = 0;
  setInterval(() => console.log((n % 3 === 0 ? 'checkpoint ' : 'item ') + (n += 1)), 5);
`;
const ENDING = `console.log('one'); console.log('two'); console.error('careful'); process.exitCode = 3;`;
const SILENT = `setInterval(() => {}, 1000);`;

function start(program: string, options: Partial<StartProcessOptions> = {}): KillableProcess {
  return startProcess({ args: ['--eval', program], ...options });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('startProcess', () => {
  it('tells how a process ended by itself, and what it said', async () => {
    const { outcome } = start(ENDING, { killAt: { line: /three/ } });
    const expected = { killed: false, code: 3, signal: null, lines: ['one', 'two'], stderr: 'careful\n' };
    expect(await outcome).toEqual(expected);
  });

  it('kills at the line it was told, hard', async () => {
    const { killed, code, lines } = await start(COUNTING, { killAt: { line: /^checkpoint/g, count: 3 } }).outcome;
    expect({ killed, ended: code !== 0 }).toEqual({ killed: true, ended: true });
    expect(lines).not.toContain('cleaned up');
    const checkpoints = lines.filter((line) => line.startsWith('checkpoint'));
    // And what it printed until the signal came.
    expect(checkpoints.length).toBeGreaterThanOrEqual(3);
  });

  it('counts several moments one after the other', async () => {
    const killAt = [{ line: /^checkpoint/, count: 2 }, { count: 4 }];
    const { killed, lines } = await start(COUNTING, { killAt }).outcome;
    expect(killed).toBe(true);
    expect(lines.length).toBeGreaterThanOrEqual(8);
  });

  it('waits so many milliseconds of its clock', async () => {
    const clock = virtualClock();
    await using program = start(COUNTING, { clock, killAt: { line: /^item/, afterMs: 60_000 } });
    let count = 0;
    for await (const _ of program.lines()) {
      count += 1;
      if (count === 20) await clock.advance(59_999);
      if (count === 30) await clock.advance(1);
    }
    expect(count).toBeGreaterThanOrEqual(30);
    expect(await program.outcome).toMatchObject({ killed: true });
  });

  it('kills a process that says nothing, from its beginning on', async () => {
    expect(await start(SILENT, { killAt: { afterMs: 30 } }).outcome).toMatchObject({ killed: true, lines: [] });
    expect(await start(SILENT, { killAt: {} }).outcome).toMatchObject({ killed: true });
    const clock = virtualClock();
    expect(await start(ENDING, { clock, killAt: { afterMs: 30 } }).outcome).toMatchObject({ killed: false, code: 3 });
    expect(clock.sleepers).toBe(0);
  });

  it('yields the lines as they come, to everybody who asks from the first one on', async () => {
    const program = start(COUNTING);
    const seen: string[] = [];
    for await (const line of program.lines()) {
      seen.push(line);
      if (seen.length === 4) program.kill();
    }
    expect(seen.slice(0, 4)).toEqual(['checkpoint 1', 'item 2', 'item 3', 'checkpoint 4']);
    const { killed, lines } = await program.outcome;
    expect(killed).toBe(true);
    expect(lines).toEqual(seen);
    expect(await Array.fromAsync(program.lines())).toEqual(seen);
  });

  it('leaves no process behind when it is disposed of', async () => {
    let pid = 0;
    {
      await using program = start(`console.log(process.pid); ${SILENT}`);
      for await (const line of program.lines()) {
        pid = Number(line);
        break;
      }
      expect(isAlive(pid)).toBe(true);
    }
    expect(isAlive(pid)).toBe(false);
  });

  it('kills on an abort and rejects with the reason', async () => {
    const controller = new AbortController();
    const program = start(`console.log(process.pid); ${SILENT}`, { signal: controller.signal });
    const reason = { because: 'late' };
    let pid = 0;
    for await (const line of program.lines()) {
      pid = Number(line);
      controller.abort(reason);
    }
    expect(await program.outcome.catch((told: unknown) => told)).toBe(reason);
    expect(isAlive(pid)).toBe(false);
    expect(() => start(SILENT, { signal: AbortSignal.abort(reason) })).toThrow();
  });

  it('hands on variables and the folder it runs in, and rejects where there is nothing to run', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-process-'));
    const program = `
      const { A, PATH_OF_NOBODY } = process.env;
      require('node:fs').writeFileSync('said', JSON.stringify({ A, PATH_OF_NOBODY, argument: process.argv.at(-1) }));`;
    const options = { args: ['--eval', program, 'given'], cwd: folder, env: { A: 'b', PATH_OF_NOBODY: undefined } };
    process.env['PATH_OF_NOBODY'] = 'here';
    expect(await startProcess(options).outcome).toMatchObject({ code: 0, stderr: '' });
    delete process.env['PATH_OF_NOBODY'];
    expect(JSON.parse(await readFile(join(folder, 'said'), 'utf8'))).toEqual({ A: 'b', argument: 'given' });
    await rm(folder, { recursive: true });

    const nothing = startProcess({ command: join(folder, 'nothing'), args: [] });
    await expect(nothing.outcome).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await Array.fromAsync(nothing.lines())).toEqual([]);
  });
});

describe('randomKillMoment', () => {
  it('is the same for the same seed, and anywhere in its span', () => {
    const span = { line: /x/, count: [2, 5], afterMs: [0, 9] } as const;
    const moments = (seed: number) => {
      const dice = seededRandomness(seed);
      return Array.from({ length: 200 }, () => randomKillMoment(dice, span));
    };
    expect(moments(1)).toEqual(moments(1));
    expect(moments(2)).not.toEqual(moments(1));
    expect([...new Set(moments(1).map(({ count }) => count))].toSorted()).toEqual([2, 3, 4, 5]);
    expect(new Set(moments(1).map(({ afterMs }) => afterMs)).size).toBe(10);
    expect(randomKillMoment(seededRandomness(1), {})).toEqual({});
  });
});
