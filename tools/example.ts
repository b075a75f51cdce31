/** Runs one example, `npm run example <name> [-- arguments]`, or lists them all. */
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { listExamples } from './list-examples.ts';

const [name, ...args] = process.argv.slice(2);
const examples = listExamples();
const example = examples.find((candidate) => candidate.name === name);
if (example) {
  process.exitCode = spawnSync(process.execPath, [example.file, ...args], { stdio: 'inherit' }).status ?? 1;
} else {
  console.log(`npm run example <name>, where <name> is one of\n${examples.map((one) => `  ${one.name}`).join('\n')}`);
  process.exitCode = name === undefined ? 0 : 2;
}
