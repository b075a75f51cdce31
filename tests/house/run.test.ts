import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunResult, root, runCommand } from '../../tools/run-command.ts';

const windows = process.platform === 'win32';
const reason = windows ? ' (skipped: what stands in for npx and pnpm is shell scripts)' : '';

describe.skipIf(windows)(`npm run${reason}`, () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast run '));
    mkdirSync(join(folder, 'bin'));
    writeFileSync(
      join(folder, 'said.mjs'),
      'console.log(JSON.stringify([process.argv.slice(2), process.env.INIT_CWD]));',
    );
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** Puts a program into PATH that says what it was called with, or does what it is told. */
  function program(name: string, script = `echo "${name} $*"`): void {
    const file = join(folder, 'bin', name);
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
  }

  function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<RunResult> {
    const given = {
      PATH: [join(folder, 'bin'), '/usr/bin', '/bin'].join(delimiter),
      HOLDFAST_NODE: '',
      npm_execpath: '/npm/npm-cli.js',
      INIT_CWD: folder,
      ...env,
    };
    // By `env`, because runCommand puts the tools of this workspace into PATH.
    const words = ['-u', 'HOLDFAST_RUN', ...Object.entries(given).map(([name, value]) => `${name}=${value}`)];
    return runCommand('env', [...words, process.execPath, join(root, 'tools', 'run.mjs'), ...args]);
  }

  const said = (): string => join(folder, 'said.mjs');
  const words = ['two words', '"quoted"', '$HOME', '--flag'];

  it('starts a file at once where pnpm started the script, with every argument as it was', async () => {
    program('npx', 'exit 9');
    program('pnpm', 'exit 9');
    const { stdout, code } = await start([said(), ...words], { npm_execpath: '/tools/pnpm/pnpm.cjs' });
    expect({ code, said: JSON.parse(stdout) as unknown }).toEqual({ code: 0, said: [words, folder] });
  });

  it('starts a tool of the workspace by its name', async () => {
    const { stdout } = await start(['tsc', '--version'], { npm_execpath: '/tools/pnpm/pnpm.cjs' });
    expect(stdout).toMatch(/^Version 7\./);
  });

  it('installs before it starts a file for npm, and fetches nothing that is there', async () => {
    program('npx', 'exit 9');
    program('pnpm', 'if [ "$1" = --version ]; then echo 12.0.0; else echo "pnpm $1 $2"; fi');
    const { stdout, code } = await start([said()]);
    expect(stdout.split('\n').slice(0, 2)).toEqual(['pnpm install --frozen-lockfile', JSON.stringify([[], folder])]);
    expect(code).toBe(0);
  });

  it('asks npx for a fitting pnpm where there is none, and for no Node', async () => {
    program('npx');
    program('pnpm', 'echo 9.1.0');
    const { stdout } = await start([said()]);
    expect(stdout).toMatch(/^npx .*--package=pnpm@12\.\d+\.\d+ node tools\/run\.mjs$/m);
  });

  it('asks npx for the Node that HOLDFAST_NODE names', async () => {
    program('npx');
    const { stdout } = await start([said()], { HOLDFAST_NODE: '24.12.0' });
    expect(stdout).toMatch(/^npx .*--package=\S+@24\.12\.0 node tools\/run\.mjs$/m);
  });

  it('goes through npx once, with arguments and folder as they were', async () => {
    program('npx', `exec "${process.execPath}" tools/run.mjs`);
    program('pnpm', '[ "$1" = --version ] && echo 9.1.0; exit 0');
    const { stdout, code } = await start([said(), ...words], { HOLDFAST_NODE: '22.18' });
    expect({ code, said: JSON.parse(stdout) as unknown }).toEqual({ code: 0, said: [words, folder] });
  });

  it('stays with the Node that was fetched when that runs another script', async () => {
    const once = join(folder, 'once');
    program('npx', `[ -e "${once}" ] && exit 9; touch "${once}"; exec "${process.execPath}" tools/run.mjs`);
    program('pnpm', '[ "$1" = --version ] && echo 12.0.0; exit 0');
    const again = [join(root, 'tools', 'run.mjs'), said(), 'twice'];
    const { stdout, code } = await start(again, { HOLDFAST_NODE: '22.18' });
    expect({ code, said: JSON.parse(stdout) as unknown }).toEqual({ code: 0, said: [['twice'], folder] });
  });

  it('ends with the code of what it started', async () => {
    writeFileSync(said(), 'process.exit(7);');
    expect((await start([said()], { npm_execpath: '/tools/pnpm/pnpm.cjs' })).code).toBe(7);
  });

  it('starts nothing when the installation fails', async () => {
    program('pnpm', 'if [ "$1" = --version ]; then echo 12.0.0; else exit 3; fi');
    const { stdout, code } = await start([said()]);
    expect({ stdout, code }).toEqual({ stdout: '', code: 3 });
  });
});
