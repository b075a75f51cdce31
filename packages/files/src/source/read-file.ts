import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

import { SourceError } from '@holdfast/contracts';
import type { ItemContent, ItemSummary, OperationOptions, SourceItem } from '@holdfast/contracts';

import { isBelowRoot, pathOf } from '../internal/entry-name.ts';
import { fileError, isMissing } from '../internal/file-errors.ts';
import { READ_FLAGS, readAt, withFile } from '../internal/open-file.ts';
import { fileState, isSameState } from './file-state.ts';
import type { FileState } from './file-state.ts';
import { HEADER_BYTES, mailSummary } from './mail-summary.ts';
import type { ReadMemory } from './read-memory.ts';
import { assertRootStays } from './real-folder.ts';
import { nameOf } from './source-context.ts';
import type { SourceContext } from './source-context.ts';

/** Up to this size a file is read in one synchronous call, if those are quick: handing it over would take longer. */
const SMALL = 1024 * 1024;
/** Beyond this size a file is delivered as a stream. */
const STREAMED = 4 * 1024 * 1024;
const PIECE = 1024 * 1024;
/** A message, by its name. */
const MAIL = /\.eml$/i;
/** So often a file is read that changes while it is read. */
const ATTEMPTS = 3;

/**
 * Reads a file: as its one part, named like the file. What is delivered was in the file at one moment: a file that changes
 * while it is read is read again, up to three times. A stream cannot be taken back, so it fails instead, before its end.
 */
export async function readFile(
  context: SourceContext,
  { id, summary: told }: SourceItem,
  { signal }: OperationOptions,
): Promise<ItemContent> {
  signal?.throwIfAborted();
  if (!isBelowRoot(id)) throw new SourceError('ERR_ITEM_NOT_FOUND', { item: id });
  const name = nameOf(id);
  const path = pathOf(context.root, id);
  const isMail = MAIL.test(name);
  const summaryOf = (head: Uint8Array): ItemSummary =>
    isMail && head.length > 0 ? { ...told, ...mailSummary(head.subarray(0, HEADER_BYTES)) } : told;
  try {
    if ((told.size ?? 0) <= STREAMED) {
      const bytes = await readWhole(context, { id, path }, signal);
      if (bytes !== undefined) {
        const release = (): void => context.memory.giveBack(bytes);
        return { parts: [{ name, bytes, release }], omitted: [], summary: summaryOf(bytes) };
      }
    }
    const summary = isMail ? summaryOf(await readHead(context, path)) : told;
    return { parts: [{ name, bytes: readStream(context, { id, path }, signal) }], omitted: [], summary };
  } catch (error) {
    signal?.throwIfAborted();
    throw errorOf(context, id, error);
  }
}

function readHead({ pace }: SourceContext, path: File['path']): Promise<Uint8Array> {
  return withFile(path, pace, async (file) => {
    const head = Buffer.allocUnsafe(HEADER_BYTES);
    return head.subarray(0, await readAt(file, head, 0));
  });
}

/** A file by its id and where it is. */
interface File {
  readonly id: string;
  readonly path: string | Uint8Array<ArrayBuffer>;
}

/** The bytes of the file; `undefined` if it has grown so large that it has to be streamed. */
async function readWhole(
  { pace, memory }: SourceContext,
  { id, path }: File,
  signal: AbortSignal | undefined,
): Promise<Uint8Array | undefined> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    await pace.rest();
    signal?.throwIfAborted();
    const tried = pace.mayBlock() ? pace.quickly(() => readSmall({ id, path }, memory)) : 'large';
    const bytes = tried === 'large' ? await withFile(path, pace, (file) => readOnce(id, file, memory)) : tried;
    if (bytes === 'streamed') return undefined;
    if (bytes !== undefined) return bytes;
  }
  throw changing(id);
}

/** One attempt, without waiting; `undefined` if the file changed meanwhile. */
function readSmall({ id, path }: File, memory: ReadMemory): Uint8Array | 'large' | undefined {
  const file = openSync(path as string, READ_FLAGS);
  try {
    const before = stateOf(file, id);
    if (before.size > SMALL) return 'large';
    const bytes = memory.take(before.size);
    const read = readSync(file, bytes, 0, bytes.length, 0);
    return settled(before, stateOf(file, id), bytes, read);
  } finally {
    closeSync(file);
  }
}

async function readOnce(id: string, file: number, memory: ReadMemory): Promise<Uint8Array | 'streamed' | undefined> {
  const before = stateOf(file, id);
  if (before.size > STREAMED) return 'streamed';
  const bytes = memory.take(before.size);
  const read = await readAt(file, bytes, 0);
  return settled(before, stateOf(file, id), bytes, read);
}

/** Opens the file only when it is asked for, so that nothing stays open of a stream that nobody reads. */
async function* readStream(
  context: SourceContext,
  { id, path }: File,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, void> {
  let file: number | undefined;
  let ahead: Promise<Uint8Array> | undefined;
  try {
    signal?.throwIfAborted();
    file = openSync(path as string, READ_FLAGS);
    const before = stateOf(file, id);
    let position = 0;
    ahead = readPiece(file, position);
    for (let piece = await ahead; piece.length > 0; piece = await ahead) {
      signal?.throwIfAborted();
      position += piece.length;
      // What grows faster than it is read would never come to its end.
      if (position > before.size) throw changing(id);
      ahead = readPiece(file, position);
      yield piece;
    }
    if (position !== before.size || !isSameState(before, stateOf(file, id))) throw changing(id);
  } catch (error) {
    signal?.throwIfAborted();
    throw errorOf(context, id, error);
  } finally {
    await ahead?.catch(() => {});
    if (file !== undefined) closeSync(file);
  }
}

async function readPiece(file: number, position: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafeSlow(PIECE);
  return bytes.subarray(0, await readAt(file, bytes, position));
}

/** The bytes, if the file is as it was before they were read. */
function settled(before: FileState, after: FileState, bytes: Uint8Array, read: number): Uint8Array | undefined {
  return read === before.size && isSameState(before, after) ? bytes : undefined;
}

function stateOf(file: number, item: string): FileState {
  const info = fstatSync(file);
  // A pipe or a device that took the place of the file.
  if (!info.isFile()) throw new SourceError('ERR_ITEM_NOT_FOUND', { item });
  return fileState(info);
}

function changing(item: string): SourceError {
  return new SourceError('ERR_ITEM_UNREADABLE', { item, reason: 'changed while it was read' });
}

function errorOf({ root }: SourceContext, id: string, error: unknown): SourceError {
  if (isMissing(error)) assertRootStays(root);
  return fileError(error, id);
}
