import { close, open, read } from 'node:fs';
import { createLruCache } from '../internal/lru-cache.ts';

/**
 * Files that are read in many places: those read last stay open. Plain descriptors, which cost no object for each read as file
 * handles do; one that is dropped is closed once nobody reads from it.
 */
export interface OpenFiles {
  /** Fills bytes from a place in a file on, and tells how many there were. Rejects as the system does. */
  read(path: string, bytes: Uint8Array, offset: number): Promise<number>;
  /** Closes a file. */
  drop(path: string): void;
  /** Closes all of them. */
  clear(): void;
}

interface OpenFile {
  readonly descriptor: number;
  readers: number;
  isDropped: boolean;
}

/** Makes an {@link OpenFiles}. @param most - So many stay open. */
export function createOpenFiles(most: number): OpenFiles {
  const files = createLruCache<OpenFile>(most, (file) => {
    file.isDropped = true;
    closeUnused(file);
  });

  return {
    async read(path, bytes, offset) {
      let file = files.get(path);
      if (file === undefined) {
        file = { descriptor: await openDescriptor(path), readers: 0, isDropped: false };
        files.set(path, file, 1);
      }
      file.readers += 1;
      try {
        return await readAt(file.descriptor, bytes, offset);
      } finally {
        file.readers -= 1;
        closeUnused(file);
      }
    },
    drop: (path) => files.delete(path),
    clear: () => files.clear(),
  };
}

function closeUnused({ descriptor, readers, isDropped }: OpenFile): void {
  // Nothing was written through it, so nothing is lost if that fails.
  if (isDropped && readers === 0) close(descriptor, () => {});
}

function openDescriptor(path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    open(path, 'r', (error, descriptor) => (error === null ? resolve(descriptor) : reject(error)));
  });
}

function readAt(descriptor: number, bytes: Uint8Array, offset: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(descriptor, bytes, 0, bytes.length, offset, (error, count) =>
      error === null ? resolve(count) : reject(error),
    );
  });
}
