// Runs one file of this workspace on any machine that has npm and Node 18 or newer:
//
//   node tools/run.mjs <file> [arguments]
//
// pnpm comes from the npm registry, and so does Node where the one in PATH is too old for the tools; npx keeps both in
// its cache. HOLDFAST_NODE=22.18.0 (or another version) asks for a certain Node.
//
// This file runs twice: first under the Node that is there, which starts npx; then under the Node that npx put into
// PATH, which installs the workspace and starts the file. Between the two, the arguments travel in a variable, so no
// shell ever sees them and none can take a path with spaces apart.
import { spawnSync } from 'node:child_process';
import process from 'node:process';

const PNPM = '12.21.0';
const NODE = '24.21.0';
const windows = process.platform === 'win32';

const { HOLDFAST_RUN: handedOver, NODE_ENV: _, ...env } = process.env; // NODE_ENV=production would leave out the tools
process.exit(handedOver === undefined ? prepare(process.argv.slice(2)) : start(JSON.parse(handedOver)));

/** First pass: finds out which Node is needed, and has npx run the second pass under it. */
function prepare(args) {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const fits = (major === 22 && minor >= 18) || (major === 24 && minor >= 11) || major >= 26;
  const version = env.HOLDFAST_NODE || (fits ? undefined : NODE);
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
    { env: { ...env, HOLDFAST_RUN: handOver }, shell: windows },
  );
}

/** Second pass: installs what the lockfile names, then starts the file. */
function start({ args, from }) {
  // npx hands its settings on to everything below it, where they would break another npm.
  for (const name of Object.keys(env))
    if (/^npm_config_(?:allow_scripts|package|yes|prefer_offline)$/i.test(name)) delete env[name];
  const installed = run('pnpm', ['install', '--frozen-lockfile', '--prefer-offline', '--reporter=append-only'], {
    env,
    shell: windows,
  });
  if (installed !== 0) return installed;
  return run(process.execPath, args, { env: from === undefined ? env : { ...env, INIT_CWD: from } });
}

function run(command, args, options) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', ...options });
  if (error) console.error(`${command}: ${error.message}`);
  return status ?? 1;
}
