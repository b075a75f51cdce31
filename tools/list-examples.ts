import { globSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { root } from './run-command.ts';

/** A program of examples/. */
export interface Example {
  /** Name of its file or folder. */
  readonly name: string;
  /** The file to run. */
  readonly file: string;
}

/** Lists the examples: each `examples/<name>.ts` and each `examples/<name>/main.ts`. */
export function listExamples(): Example[] {
  const files = globSync(['examples/*.ts', 'examples/*/main.ts'], { cwd: root, exclude: ['**/node_modules/**'] });
  return files
    .filter((file) => !file.endsWith('.test.ts'))
    .map((file) => ({
      name: basename(file) === 'main.ts' ? basename(dirname(file)) : basename(file, '.ts'),
      file: join(root, file),
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
