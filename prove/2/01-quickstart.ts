/**
 * `npm run quickstart` in an empty clone of HEAD, with empty caches of npm and pnpm, then warm, then with real mail.
 *
 * HOLDFAST_SYSTEM_PATH is the PATH of the machine as a user has it; otherwise the PATH of this process is taken, without
 * the tools of this workspace. HOLDFAST_CORPUS names a folder of .eml files.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { countEmlFiles, readVerified } from '../../tests/end-to-end/quickstart.ts';
import { mustRun, root, runCommand } from '../../tools/run-command.ts';
import { conclude } from '../conclude.ts';

const WARM_SECONDS = 60;
const { HOLDFAST_CORPUS: corpus, HOLDFAST_SYSTEM_PATH: systemPath, PATH = '' } = process.env;
const path =
  systemPath ??
  PATH.split(delimiter)
    .filter((part) => !part.startsWith(root))
    .join(delimiter);

const folder = await mkdtemp(join(tmpdir(), 'holdfast-clone-'));
const caches = {
  npm_config_cache: join(folder, 'npm'),
  XDG_CACHE_HOME: join(folder, 'cache'),
  XDG_DATA_HOME: join(folder, 'data'),
};

interface Run {
  readonly seconds: number;
  readonly code: number;
  readonly lastLine: string;
  readonly verified: ReturnType<typeof readVerified>;
}

/** Runs a command as a user of this machine would. */
async function asUser(cwd: string, command: string, args: readonly string[]): Promise<Run> {
  const begin = performance.now();
  const { code, output, stdout } = await runCommand(command, args, { cwd, env: { PATH: path, ...caches } });
  const lastLine = stdout.trim().split('\n').at(-1) ?? '';
  const seconds = (performance.now() - begin) / 1000;
  console.log(`$ ${command} ${args.join(' ')}\n${output.trim().split('\n').slice(-15).join('\n')}\n`);
  return { seconds, code, lastLine, verified: readVerified(lastLine) };
}

const isWhole = ({ code, verified }: Run, least: number): boolean =>
  code === 0 && verified !== undefined && verified.verified === verified.of && verified.of >= least;
const told = ({ lastLine, seconds }: Run): string => `"${lastLine}" in ${seconds.toFixed(1)} s`;

try {
  const clone = join(folder, 'clone');
  await mustRun('git', ['clone', '--quiet', root, clone]);
  const node = await asUser(clone, 'node', ['--version']);
  const cold = await asUser(clone, 'npm', ['run', '--silent', 'quickstart']);
  const warm = await asUser(clone, 'npm', ['run', '--silent', 'quickstart']);
  const figures = [`with empty caches ${told(cold)}`, `again ${told(warm)}`];
  let pass = isWhole(cold, 300) && isWhole(warm, 300) && warm.seconds < WARM_SECONDS;
  if (corpus === undefined) figures.push('--eml not run: HOLDFAST_CORPUS names no folder of real mail');
  else {
    const files = await countEmlFiles(corpus);
    const eml = await asUser(clone, 'npm', ['run', '--silent', 'quickstart', '--', '--eml', corpus]);
    figures.push(`--eml with ${files} files ${told(eml)}`);
    pass &&= isWhole(eml, 1) && eml.verified?.of === files;
  }
  conclude({
    title: `npm run quickstart in an empty clone, on a machine with Node ${node.lastLine}`,
    figure: figures.join('; '),
    pass,
  });
} finally {
  await rm(folder, { recursive: true, force: true });
}
