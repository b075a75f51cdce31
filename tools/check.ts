/**
 * Runs the gates, all of them or those named, and says in a line each how they went:
 *
 *   npm test               npm test -- types lint
 *
 * A gate is a script of package.json. All are run, whatever fails; what a failed one printed follows its line. They run
 * one after another because most of them use every core by themselves. Where tests were run, the last line counts them.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { runCommand } from './run-command.ts';
import { addCounts, readTestCounts, type TestCounts } from './test-counts.ts';

const GATES = ['types', 'lint', 'format', 'unused', 'unit', 'examples', 'docs', 'snippets', 'packages', 'surface'];
const WITH_TESTS = new Set(['unit', 'examples', 'snippets']);
// `pnpm format` mends; the gate only looks.
const SCRIPTS: Readonly<Record<string, string>> = { format: 'format:check' };

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !GATES.includes(name));
if (unknown.length > 0) {
  console.error(`No such gate: ${unknown.join(', ')}. The gates are ${GATES.join(', ')}.`);
  process.exit(2);
}

const reports = mkdtempSync(join(tmpdir(), 'holdfast-check-'));
const started = performance.now();
const failed: string[] = [];
let total: TestCounts | undefined;
const gates = wanted.length > 0 ? GATES.filter((gate) => wanted.includes(gate)) : GATES;

for (const gate of gates) {
  const begin = performance.now();
  const report = join(reports, `${gate}.json`);
  const { code, output } = await runCommand('pnpm', ['run', '--silent', SCRIPTS[gate] ?? gate], {
    env: { HOLDFAST_TEST_REPORT: report, [process.stdout.isTTY ? 'FORCE_COLOR' : 'NO_COLOR']: '1' },
  });
  const counts = WITH_TESTS.has(gate) ? readTestCounts(report) : undefined;
  if (counts) total = total ? addCounts(total, counts) : counts;
  if (code !== 0) failed.push(gate);
  const detail = counts ? `  ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped.length} skipped` : '';
  console.log(`${gate.padEnd(10)}${code === 0 ? 'ok    ' : 'FAILED'}${seconds(begin).padStart(8)}${detail}`);
  for (const name of new Set(counts?.skipped)) {
    const times = counts?.skipped.filter((other) => other === name).length ?? 0;
    console.log(`          not run: ${name}${times > 1 ? `, ${times} tests` : ''}`);
  }
  if (code !== 0) console.log(`\n${output.trim()}\n`);
}
rmSync(reports, { recursive: true, force: true });

console.log(`\n${seconds(started)} in all`);
if (failed.length > 0) console.log(`Failed gates: ${failed.join(', ')}`);
console.log(`${gates.length - failed.length} of ${GATES.length} gates passed`);
if (total) console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = failed.length > 0 ? 1 : 0;

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}
