/**
 * Shows what an issue asked to be shown: `npm run prove <issue>` runs each script of `prove/<issue>/`, in the order of
 * their names, each in a process of its own, and prints its figure and whether it is what was asked for.
 *
 * A script prints, as its last line, `{"title": "…", "figure": "…", "pass": true}`; what it prints before is shown only
 * when it fails. One that ends with another exit code than 0, or without such a line, has failed.
 * `HOLDFAST_PROVE` names another folder than `prove/`.
 */
import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import process from 'node:process';
import { root, runCommand } from './run-command.ts';

interface Proof {
  readonly title: string;
  readonly figure: string;
  readonly pass: boolean;
}

const [issue = ''] = process.argv.slice(2);
const folder = join(process.env['HOLDFAST_PROVE'] ?? join(root, 'prove'), issue);
const scripts = issue === '' ? [] : globSync('*.ts', { cwd: folder }).toSorted();
if (scripts.length === 0) {
  console.error(`usage: npm run prove <issue>; there is no script in ${folder}`);
  process.exit(2);
}

let failures = 0;
for (const script of scripts) {
  const begin = performance.now();
  const { code, stdout, output } = await runCommand(process.execPath, [join(folder, script)]);
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  const proof = readProof(stdout);
  const pass = code === 0 && proof?.pass === true;
  if (!pass) failures += 1;
  console.log(
    `${pass ? 'pass' : 'FAIL'}  ${proof?.title ?? basename(script)}: ${proof?.figure ?? 'no figure'} (${seconds} s)`,
  );
  if (!pass) console.log(output.trim().replaceAll(/^/gm, '      '));
}
console.log(`${scripts.length - failures} of ${scripts.length} shown`);
process.exitCode = failures > 0 ? 1 : 0;

function readProof(stdout: string): Proof | undefined {
  try {
    const value = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Partial<Proof> | null;
    const { title, figure, pass } = value ?? {};
    if (typeof title !== 'string' || typeof figure !== 'string' || typeof pass !== 'boolean') return undefined;
    return { title, figure, pass };
  } catch {
    return undefined;
  }
}
