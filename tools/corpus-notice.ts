import { existsSync } from 'node:fs';
import process from 'node:process';
import type { TestProject } from 'vitest/node';

/** Says once per run whether the tests with real mail take part. */
export default function corpusNotice(project: TestProject): void {
  if (project.name !== 'packages') return;
  const folder = process.env['HOLDFAST_CORPUS'];
  if (folder === undefined || folder === '')
    console.log('HOLDFAST_CORPUS is not set: tests with real mail are skipped.');
  else if (!existsSync(folder)) throw new Error(`HOLDFAST_CORPUS names a folder that does not exist: ${folder}`);
  else console.log('HOLDFAST_CORPUS is set: tests with real mail take part.');
}
