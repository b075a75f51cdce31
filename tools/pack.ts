/**
 * Makes the tarballs that would be published and looks at them from outside: publint and attw check how they are made
 * up, then a project outside the workspace, which has only the tarballs and what they themselves depend on, runs
 * tests/consumer/main.js.
 *
 *   npm run packages                        looks at them
 *   npm run packages -- --keep tarballs     and leaves them in the folder `tarballs`, to be installed from there
 */
import { cpSync, globSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { mustRun, root } from './run-command.ts';

const { keep } = parseArgs({ options: { keep: { type: 'string' } } }).values;
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-pack-')));
try {
  await mustRun('pnpm', ['--recursive', '--filter', './packages/*', 'run', 'build']);
  await mustRun('pnpm', ['--recursive', '--filter', './packages/*', 'pack', '--pack-destination', folder]);
  const tarballs = globSync('*.tgz', { cwd: folder }).toSorted();
  const checks = await Promise.allSettled(tarballs.map((tarball) => checkTarball(join(folder, tarball))));
  const problems = checks.flatMap((check) => (check.status === 'rejected' ? [String(check.reason)] : []));
  await runConsumer(tarballs).catch((error: unknown) => problems.push(String(error)));
  for (const problem of problems) console.error(problem);
  if (problems.length === 0) console.log(`${tarballs.length} packages are fit to publish`);
  if (problems.length === 0 && keep !== undefined) keepTarballs(tarballs, keep);
  process.exitCode = problems.length > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Leaves the tarballs, and nothing of an earlier version, in a folder named from where npm was called. */
function keepTarballs(tarballs: readonly string[], name: string): void {
  const kept = resolve(process.env['INIT_CWD'] ?? root, name);
  mkdirSync(kept, { recursive: true });
  for (const old of globSync('holdfast-*.tgz', { cwd: kept })) rmSync(join(kept, old));
  for (const tarball of tarballs) cpSync(join(folder, tarball), join(kept, tarball));
  console.log(`Kept in ${kept}. In your project: npm install ${join(kept, '*.tgz')}`);
}

async function checkTarball(tarball: string): Promise<void> {
  await mustRun('publint', [tarball, '--strict']);
  // Given the tarball of pnpm: attw --pack would pack with npm, which leaves out publishConfig.exports.
  await mustRun('attw', [tarball, '--profile', 'esm-only', '--no-emoji']);
}

async function runConsumer(tarballs: readonly string[]): Promise<void> {
  const consumer = join(folder, 'consumer');
  cpSync(join(root, 'tests', 'consumer'), consumer, { recursive: true });
  const dependencies: Record<string, string> = {};
  for (const tarball of tarballs) {
    const manifest = await mustRun('tar', ['-xzOf', tarball, 'package/package.json'], { cwd: folder });
    const { name } = JSON.parse(manifest) as { readonly name: string };
    dependencies[name] = `file:../${tarball}`;
  }
  writeFileSync(join(consumer, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies }));
  // The packages name one another by version, and these versions are nowhere but here.
  const overrides = Object.fromEntries(
    tarballs.map((file, n) => [Object.keys(dependencies)[n], `file:${join(folder, file)}`]),
  );
  writeFileSync(
    join(consumer, 'pnpm-workspace.yaml'),
    JSON.stringify({ packages: [], overrides, allowBuilds: {}, strictDepBuilds: false }),
  );
  await mustRun('pnpm', ['install', '--prefer-offline', '--no-frozen-lockfile'], { cwd: consumer });
  console.log(await mustRun(process.execPath, ['main.js'], { cwd: consumer }));
}
