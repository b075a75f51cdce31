/**
 * Every request and every answer in all tests, against the description of Microsoft Graph: the tests, the examples and the
 * programs of the documentation run once more for it, with the processes that they start.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, runCommand } from '../../tools/run-command.ts';
import { conclude } from '../conclude.ts';

/** What `tools/note-simulators.mjs` writes. */
interface Note {
  readonly event: 'closed' | 'started';
  readonly requests?: number;
  readonly answers?: number;
  readonly violations?: number;
  readonly taken?: number;
}

/** Shows that closing fails where something outside of the description was not taken, so it takes nothing. */
const TEST_OF_CLOSING = 'packages/simulators/test/start-exchange.test.ts';
const FEWEST_REQUESTS = 10_000;

const folder = await mkdtemp(join(tmpdir(), 'holdfast-description-'));
try {
  const file = join(folder, 'simulators');
  const noting = pathToFileURL(join(root, 'tools', 'note-simulators.mjs'));
  const env = { HOLDFAST_SIMULATORS: file, NODE_OPTIONS: `--import=${noting.href}` };
  const { code, output } = await runCommand('vitest', ['run', '--exclude', TEST_OF_CLOSING], { env });
  if (code !== 0) console.log(output);
  const notes = (await readFile(file, 'utf8')).trim().split('\n');
  const sums = { started: 0, closed: 0, requests: 0, answers: 0, violations: 0, taken: 0 };
  for (const note of notes.map((line) => JSON.parse(line) as Note)) {
    sums[note.event] += 1;
    for (const name of ['requests', 'answers', 'violations', 'taken'] as const) sums[name] += note[name] ?? 0;
  }
  const { started, closed, requests, answers, violations, taken } = sums;
  conclude({
    title:
      'every request and answer of all tests, examples and programs of the documentation is within the description',
    figure:
      `${requests} requests and ${answers} answers of ${closed} simulators (${started - closed} more were not closed), ` +
      `${violations} outside of the description but for ${taken} that tests make on purpose and look at; ` +
      `the tests ${code === 0 ? 'pass' : 'FAIL'}`,
    pass: code === 0 && violations === 0 && started === closed && requests > FEWEST_REQUESTS,
  });
} finally {
  await rm(folder, { recursive: true, force: true });
}
