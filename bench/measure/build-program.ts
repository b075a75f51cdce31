import { join } from 'node:path';
import { build } from 'tsup';

const worker = join(import.meta.dirname, '../../packages/core/src/threads/worker.ts');

/**
 * Builds a program that uses Holdfast into a folder, with the worker of the engine beside it, as a product that bundles its
 * dependencies does. What is measured is then what runs there, and not also the stripping of types in each thread.
 *
 * @returns The path of the program.
 */
export async function buildProgram(entry: string, folder: string): Promise<string> {
  await build({
    entry: { program: entry, worker },
    outDir: folder,
    format: 'esm',
    target: 'node22',
    noExternal: [/.*/],
    dts: false,
    config: false,
    silent: true,
  });
  return join(folder, 'program.js');
}
