import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A file below a folder. */
export interface ListedFile {
  /** With `/` between the levels. */
  readonly path: string;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

/** Lists all files below a folder, by name. */
export function* listFiles(folder: string, below = ''): Generator<ListedFile> {
  const entries = readdirSync(join(folder, below), { withFileTypes: true });
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) yield* listFiles(folder, path);
    else {
      const { size, mtimeMs } = statSync(join(folder, path));
      yield { path, size, modified: mtimeMs };
    }
  }
}
