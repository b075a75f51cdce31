import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listFiles } from '../corpus/list-files.ts';

/**
 * Compares files with what was restored of them, byte by byte.
 *
 * @throws An error that names the first difference.
 */
export function compareFolders(source: string, target: string, expected: readonly string[], who: string): void {
  const restored = new Set([...listFiles(target)].map(({ path }) => path));
  for (const path of expected) {
    if (!restored.delete(path)) throw new Error(`${who} did not restore ${path}`);
    if (!readFileSync(join(source, path)).equals(readFileSync(join(target, path))))
      throw new Error(`${who} restored other bytes of ${path}`);
  }
  const [more] = restored;
  if (more !== undefined) throw new Error(`${who} restored ${more}, which was not asked for`);
}
