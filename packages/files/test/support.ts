import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type {
  ChangeEvent,
  Clock,
  Collection,
  CollectionEvent,
  ItemPart,
  Source,
  SourceItem,
} from '@holdfast/contracts';
import { systemClock } from '@holdfast/contracts';
import { afterEach, expect } from 'vitest';
import type { TestContext } from 'vitest';

const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** An empty folder that goes away after the test. */
export async function emptyFolder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'holdfast-files-'));
  folders.push(path);
  return path;
}

/** A folder with these files, by relative path. */
export async function folderWith(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const root = await emptyFolder();
  for (const [name, content] of Object.entries(files)) await put(root, name, content);
  return root;
}

/** Writes a file and the folders above it. */
export async function put(root: string, name: string, content: string | Uint8Array): Promise<void> {
  const path = join(root, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

/** Gives a file a time of modification, in milliseconds. */
export async function setModified(path: string, time: number): Promise<void> {
  await utimes(path, time / 1000, time / 1000);
}

/** A clock of the machine that says how much later it is. */
export function laterClock(milliseconds: number): Clock {
  return { ...systemClock, now: () => systemClock.now() + milliseconds };
}

/** Everything a source tells of its collections. */
export function collectionEvents(source: Source): Promise<CollectionEvent[]> {
  return Array.fromAsync(source.collections());
}

/** Everything a source tells of one collection. */
export async function changesOf(source: Source, collection: string, cursor?: string): Promise<ChangeEvent[]> {
  return Array.fromAsync(source.changes(await collectionOf(source, collection), { cursor }));
}

/** A collection of a source; one that it does not list, made up. */
export async function collectionOf(source: Source, id: string): Promise<Collection> {
  for (const event of await collectionEvents(source)) if (event.collection.id === id) return event.collection;
  const top = { parentId: undefined, name: id, kind: 'other', role: undefined, hidden: false, metadata: {} } as const;
  return { ...top, id, path: [id] };
}

/** The cursor that a telling ended with. */
export function lastCursor(events: readonly ChangeEvent[]): string {
  const last = events.at(-1);
  if (last?.type !== 'checkpoint' || !last.last) throw new Error('the telling has no end');
  return last.cursor;
}

/** The items that were told. */
export function itemsIn(events: readonly ChangeEvent[]): SourceItem[] {
  return events.flatMap((event) => (event.type === 'item-changed' ? [event.item] : []));
}

/** One item of a source, by its id. */
export async function itemOf(source: Source, collection: string, id: string): Promise<SourceItem> {
  const item = itemsIn(await changesOf(source, collection)).find((one) => one.id === id);
  if (item === undefined) throw new Error(`${id} was not told`);
  return item;
}

/** All bytes of a part. */
export async function bytesOf(part: ItemPart | undefined): Promise<Uint8Array> {
  if (part === undefined) throw new Error('there is no part');
  if (part.bytes instanceof Uint8Array) return part.bytes;
  return Buffer.concat(await Array.fromAsync(part.bytes));
}

/** The pieces of a part that comes as a stream. */
export function piecesOf(part: ItemPart | undefined): AsyncIterable<Uint8Array> {
  if (part === undefined || part.bytes instanceof Uint8Array) throw new Error('there is no stream');
  return part.bytes;
}

/** Does something as an account that may not do everything; skips the test where there is none. */
export async function withoutRights(context: TestContext, act: () => Promise<void>): Promise<void> {
  if (process.getuid === undefined || process.seteuid === undefined) {
    context.skip('this system has no accounts without rights');
    return;
  }
  if (process.getuid() !== 0) return act();
  process.seteuid(65_534);
  try {
    await act();
  } finally {
    process.seteuid(0);
  }
}

/** Expects a promise to reject with an error of that code. */
export async function expectCode(promise: Promise<unknown>, code: string): Promise<void> {
  await expect(promise).rejects.toMatchObject({ code });
}
