/**
 * Every request and every answer in every test with a simulated service, against the description of Microsoft Graph. The
 * tests of the packages that use the simulator and those across packages run once more for it.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../tools/run-command.ts';
import { conclude } from '../conclude.ts';

/** What `tools/note-simulators.ts` writes. */
interface Note {
  readonly event: 'closed' | 'started';
  readonly requests?: number;
  readonly answers?: number;
  readonly violations?: number;
  readonly taken?: number;
}

const SUITES = ['packages/exchange-source', 'packages/simulators', 'tests/end-to-end'];
const FEWEST_REQUESTS = 10_000;

const folder = await mkdtemp(join(tmpdir(), 'holdfast-description-'));
try {
  const file = join(folder, 'simulators');
  const args = ['run', '--project', 'packages', '--project', 'tests', ...SUITES];
  const { code, output } = await runCommand('vitest', args, { env: { HOLDFAST_SIMULATORS: file } });
  if (code !== 0) console.log(output);
  const notes = (await readFile(file, 'utf8')).trim().split('\n');
  const sums = { started: 0, closed: 0, requests: 0, answers: 0, violations: 0, taken: 0 };
  for (const note of notes.map((line) => JSON.parse(line) as Note)) {
    sums[note.event] += 1;
    for (const name of ['requests', 'answers', 'violations', 'taken'] as const) sums[name] += note[name] ?? 0;
  }
  const { started, closed, requests, answers, violations, taken } = sums;
  conclude({
    title: `every request and answer of the tests of ${SUITES.join(', ')} is within the description`,
    figure:
      `${requests} requests and ${answers} answers of ${closed} simulators (${started - closed} more were not closed), ` +
      `${violations} outside of the description but for ${taken} that tests make on purpose and look at; ` +
      `the tests ${code === 0 ? 'pass' : 'FAIL'}`,
    pass: code === 0 && violations === 0 && started === closed && requests > FEWEST_REQUESTS,
  });
} finally {
  await rm(folder, { recursive: true, force: true });
}
