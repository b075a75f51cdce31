import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** Every file below a folder, with the SHA-256 of its bytes: equal before and after means byte for byte the same. */
export async function fingerprint(folder: string): Promise<Record<string, string>> {
  const prints: Record<string, string> = {};
  for (const [name, bytes] of await storedObjects(folder)) {
    prints[name] = createHash('sha256').update(bytes).digest('hex');
  }
  return prints;
}

/** Every file below a folder by its name; none if there is no such folder. */
export async function storedObjects(folder: string): Promise<Map<string, Uint8Array>> {
  const objects = new Map<string, Uint8Array>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name);
    objects.set(relative(folder, path).split(sep).join('/'), new Uint8Array(await readFile(path)));
  }
  return objects;
}

/** How many objects of a repository hold bodies of items, how many hold anything else (docs/format/envelope.md). */
export interface ObjectCounts {
  readonly all: number;
  /** Objects of kind 1. */
  readonly dataPacks: number;
  /** Objects of kind 2. */
  readonly treePacks: number;
}

/** Counts the objects below a folder by the kind in their header. */
export async function countObjects(folder: string): Promise<ObjectCounts> {
  const objects = await storedObjects(folder);
  const kinds = [...objects].filter(([name]) => name.startsWith('data/')).map(([, bytes]) => bytes[8]);
  return {
    all: objects.size,
    dataPacks: kinds.filter((kind) => kind === 1).length,
    treePacks: kinds.filter((kind) => kind === 2).length,
  };
}
