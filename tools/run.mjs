// Runs a file or a tool of this workspace on any machine that has npm and Node 18 or newer:
//
//   node tools/run.mjs <file or tool> [arguments]     such as: tools/check.ts types lint, or: vitest run
//
// Every script of package.json goes through here. Where Node and pnpm are as the tools need them, that is all that
// happens. Otherwise both come from the npm registry, and npx keeps them in its cache; then this file runs twice: first
// under the Node that is there, which starts npx; then under the Node that npx put into PATH. Between the two, the
// arguments travel in a variable, so no shell ever sees them and none can take a path with spaces apart.
//
// HOLDFAST_NODE=22.18.0 (or another version) asks for a certain Node.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const PNPM = '12.21.0';
const NODE = '24.21.0';
/** Tools that are in another package than their name says. */
const PACKAGES = { changeset: '@changesets/cli', tsc: 'typescript' };

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const windows = process.platform === 'win32';
const { HOLDFAST_RUN: handedOver, NODE_ENV: _, ...env } = process.env; // NODE_ENV=production would leave out the tools
// Tests start hundreds of processes and threads of the same sources: each would compile all of them again.
env.NODE_COMPILE_CACHE ??= join(root, 'node_modules', '.cache', 'node');

if (handedOver === undefined) process.exitCode = begin(process.argv.slice(2));
else {
  const { args, from } = JSON.parse(handedOver);
  // npx hands its settings on to everything below it, where they would break another npm.
  for (const name of Object.keys(env))
    if (/^npm_config_(?:allow_scripts|package|yes|prefer_offline)$/i.test(name)) delete env[name];
  // What was asked for is there; scripts below stay with it, however it was named.
  if (env.HOLDFAST_NODE) env.HOLDFAST_NODE = process.versions.node;
  if (from !== undefined) env.INIT_CWD = from;
  process.exitCode = installAndStart(args);
}

/** Goes the shortest way that leads to the right Node, pnpm and dependencies. */
function begin(args) {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const fits = (major === 22 && minor >= 18) || (major === 24 && minor >= 11) || major >= 26;
  const version = env.HOLDFAST_NODE || (fits ? undefined : NODE);
  if (version !== undefined && version !== process.versions.node) return fetchAndStart(args, version);
  // A script that pnpm started: it is there, and looks after the dependencies itself.
  if (/^pnpm\b/.test(basename(env.npm_execpath ?? ''))) return start(args);
  const there = spawnSync('pnpm', ['--version'], { cwd: root, encoding: 'utf8', shell: windows });
  if (there.stdout?.startsWith(`${PNPM.split('.')[0]}.`)) return installAndStart(args);
  return fetchAndStart(args, undefined);
}

/** Has npx run this file a second time, with pnpm and, where one is asked for, another Node in PATH. */
function fetchAndStart(args, version) {
  // These packages hold the program itself; the package `node` would fetch it by an install script.
  const holder = { linux: `node-linux-${process.arch}`, win32: `node-win-${process.arch}` }[process.platform] ?? 'node';
  const packages = [`pnpm@${PNPM}`, ...(version ? [`${holder}@${version}`] : [])];
  const handOver = JSON.stringify({ args, from: env.INIT_CWD });
  return run(
    'npx',
    [
      '--yes', // an ~/.npmrc may say no
      '--prefer-offline', // else npx asks the registry each time, and hangs without a network
      '--allow-scripts=pnpm,node', // npm 12 runs no install script without it
      ...packages.map((name) => `--package=${name}`),
      'node',
      'tools/run.mjs',
    ],
    // What proves how this goes on an empty machine (prove/2) needs the PATH as it was before.
    { cwd: root, env: { HOLDFAST_SYSTEM_PATH: process.env.PATH, ...env, HOLDFAST_RUN: handOver }, shell: windows },
  );
}

/** Installs what the lockfile names, which takes a moment when it is there already. */
function installAndStart(args) {
  const installed = run('pnpm', ['install', '--frozen-lockfile', '--prefer-offline', '--reporter=append-only'], {
    cwd: root,
    env,
    shell: windows,
  });
  return installed === 0 ? start(args) : installed;
}

function start([what = '', ...args]) {
  if (what === 'pnpm') return run('pnpm', windows ? args.map((word) => `"${word}"`) : args, { env, shell: windows });
  return run(process.execPath, [/\.[cm]?[jt]s$/.test(what) ? what : fileOfTool(what), ...args], { env });
}

/** The file that Node runs; what stands for it in node_modules/.bin is on Windows a script that only a shell starts. */
function fileOfTool(name) {
  const folder = join(root, 'node_modules', PACKAGES[name] ?? name);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return join(folder, typeof bin === 'string' ? bin : bin[name]);
}

function run(command, args, options) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', ...options });
  if (error) console.error(`${command}: ${error.message}`);
  return status ?? 1;
}
