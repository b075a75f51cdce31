import { createHash, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, open, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ByteRange, Clock, Logger } from '@holdfast/contracts';
import { freeBytes } from '../internal/free-bytes.ts';
import { createOpenFiles } from './open-files.ts';

/** Where a {@link SegmentCache} keeps its files, and how many. */
export interface SegmentCacheOptions {
  /** Folder that outlives the session; without one a private folder is made, and removed on closing. */
  readonly directory: string | undefined;
  /** Folder in which the private one is made. */
  readonly temporaryDirectory: string;
  /** Bytes of files at most; the ones not used for longest go first. */
  readonly size: number;
  /** For the times of the files: which were used last. */
  readonly clock: Clock;
  /** Hears once that the folder cannot be written. */
  readonly logger: Logger;
}

/**
 * Copies of segment objects in files, sealed as they are on storage. Whatever becomes of the files, nothing but time is lost:
 * what cannot be read is not there, and the first file that cannot be written ends the writing, with a warning. What is
 * read is to be verified by the caller.
 */
export interface SegmentCache {
  /** Whether the files outlive the session. */
  readonly persistent: boolean;
  /** Part of an object; undefined if it is not there, or not as long. */
  read(hash: string, range: ByteRange): Promise<Uint8Array | undefined>;
  /** Keeps an object. */
  put(hash: string, bytes: Uint8Array): Promise<void>;
  /**
   * Fetches an object piece by piece and keeps it if it has its hash. The pieces are gone afterwards. Rejects if `fetch` does, and
   * with nothing else.
   */
  fill(hash: string, size: number, fetch: (range: ByteRange) => Promise<Uint8Array>): Promise<void>;
  /** Drops an object that turned out not to be what it should. */
  forget(hash: string): Promise<void>;
  /** Removes the folder if it is of this session only. */
  close(): Promise<void>;
}

const PIECE = 256 * 1024;
const MOST_OPEN = 64;

/** Makes a {@link SegmentCache}. The folder is made when something is kept. */
export function createSegmentCache(options: SegmentCacheOptions): SegmentCache {
  const { directory, temporaryDirectory, size, clock, logger } = options;
  let folder: Promise<string> | undefined;
  let broken = false;
  let closed = false;
  // What is in the folder, the one not used for longest first.
  const files = new Map<string, number>();
  const used = new Set<string>();
  // Opening a file for each block would cost more than reading it.
  const opened = createOpenFiles(MOST_OPEN);
  let usedLast: string | undefined;
  let total = 0;

  async function openFolder(): Promise<string> {
    if (directory === undefined) return mkdtemp(join(temporaryDirectory, 'holdfast-index-'));
    await mkdir(directory, { recursive: true });
    const found = await Promise.all(
      (await readdir(directory)).map(async (name) => {
        const { size: bytes, mtimeMs } = await stat(join(directory, name));
        return { name, bytes, mtimeMs };
      }),
    );
    for (const { name, bytes } of found.toSorted((a, b) => a.mtimeMs - b.mtimeMs)) {
      files.set(name, bytes);
      total += bytes;
    }
    return directory;
  }

  /** Runs a step that writes; the first that fails is the last. */
  async function attempt(step: (path: string) => Promise<void>): Promise<void> {
    if (broken || closed) return;
    try {
      try {
        await step(await (folder ??= openFolder()));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        // Somebody deleted the folder, which is allowed: another one is made.
        forgetAll();
        await step(await (folder ??= openFolder()));
      }
    } catch (error) {
      broken = true;
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
      logger.warn('the index cannot be kept in files, and is read from the storage instead', { code });
    }
  }

  function forgetAll(): void {
    folder = undefined;
    opened.clear();
    used.clear();
    files.clear();
    total = 0;
  }

  async function drop(path: string, name: string): Promise<void> {
    total -= files.get(name) ?? 0;
    files.delete(name);
    opened.drop(join(path, name));
    await rm(join(path, name), { force: true });
  }

  async function makeRoom(path: string, bytes: number): Promise<void> {
    for (const name of files.keys()) {
      if (total + bytes <= size) return;
      await drop(path, name);
    }
  }

  async function adopt(path: string, draft: string, hash: string, bytes: number): Promise<void> {
    opened.drop(join(path, hash));
    await rename(join(path, draft), join(path, hash));
    total += bytes - (files.get(hash) ?? 0);
    files.set(hash, bytes);
  }

  function noteRead(hash: string): void {
    // Blocks of one object are mostly read one after the other, and changing the order makes garbage.
    if (hash === usedLast) return;
    const bytes = files.get(hash)!;
    files.delete(hash);
    files.set(hash, bytes);
    used.add(hash);
    usedLast = hash;
  }

  return {
    persistent: directory !== undefined,

    async read(hash, { offset, length }) {
      if (directory === undefined && folder === undefined) return undefined;
      try {
        const path = await (folder ??= openFolder());
        if (!files.has(hash)) return undefined;
        noteRead(hash);
        const bytes = new Uint8Array(length);
        const count = await opened.read(join(path, hash), bytes, offset);
        return count === length ? bytes : undefined;
      } catch {
        // Deleted, or out of reach: then it may be fetched anew.
        total -= files.get(hash) ?? 0;
        files.delete(hash);
        return undefined;
      }
    },

    async put(hash, bytes) {
      if (bytes.length > size) return;
      await attempt(async (path) => {
        await makeRoom(path, bytes.length);
        const draft = randomUUID();
        await writeFile(join(path, draft), bytes, { flag: 'wx', mode: 0o600 });
        await adopt(path, draft, hash, bytes.length);
      });
    },

    async fill(hash, bytes, fetch) {
      if (bytes > size) return;
      let failure: { readonly error: unknown } | undefined;
      await attempt(async (path) => {
        if (files.has(hash)) await drop(path, hash);
        await makeRoom(path, bytes);
        const draft = randomUUID();
        const digest = createHash('sha256');
        const file = await open(join(path, draft), 'wx', 0o600);
        try {
          for (let offset = 0; offset < bytes; offset += PIECE) {
            const range = { offset, length: Math.min(PIECE, bytes - offset) };
            const piece = await fetch(range).catch((error: unknown) => {
              failure = { error };
              return undefined;
            });
            if (piece === undefined) break;
            digest.update(piece);
            await file.write(piece, 0, piece.length, offset);
            freeBytes(piece);
          }
        } finally {
          await file.close();
        }
        if (failure === undefined && digest.digest('hex') === hash) await adopt(path, draft, hash, bytes);
        else await rm(join(path, draft), { force: true });
      });
      if (failure !== undefined) throw failure.error;
    },

    async forget(hash) {
      const path = await folder?.catch(() => undefined);
      if (path !== undefined) await drop(path, hash).catch(() => {});
    },

    async close() {
      closed = true;
      opened.clear();
      const path = await folder?.catch(() => undefined);
      if (path === undefined) return;
      if (directory === undefined) await rm(path, { recursive: true, force: true }).catch(() => {});
      else await noteUse(path, used, clock.now());
    },
  };
}

/** So that later sessions drop others first. */
async function noteUse(path: string, names: Iterable<string>, time: number): Promise<void> {
  for (const name of names) await utimes(join(path, name), time / 1000, time / 1000).catch(() => {});
}
