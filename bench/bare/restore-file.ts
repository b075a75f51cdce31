import { mkdirSync, openSync, readSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { BlobCodec } from './blob-codec.ts';
import { joinMail } from './join-mail.ts';
import type { StoredFile } from './manifest.ts';
import type { RestoreTask } from './task.ts';

/** Returns a function that reads the ranges of a file's blobs, opens them and writes the file. */
export function restoreFile(codec: BlobCodec, { repository, target, packs }: RestoreTask): (file: StoredFile) => void {
  const places = new Map(packs.flatMap(({ name, blobs }) => blobs.map((blob) => [blob[0], { name, blob }] as const)));
  const made = new Set<string>();
  const files = new Map<string, number>();

  function read(id: string): Buffer {
    const place = places.get(id);
    if (place === undefined) throw new Error(`there is no blob ${id}`);
    const { name, blob } = place;
    const file = files.get(name) ?? openSync(join(repository, name.slice(0, 2), name), 'r');
    files.set(name, file);
    const [, offset, length, raw] = blob;
    const sealed = Buffer.allocUnsafe(length);
    if (readSync(file, sealed, 0, length, offset) !== length) throw new Error(`blob ${id} is cut off`);
    return codec.open(sealed, raw);
  }

  return ({ path, size, modified, pieces, segments }) => {
    const sources = pieces.map((ids) => (ids.length === 1 && ids[0] ? read(ids[0]) : Buffer.concat(ids.map(read))));
    const bytes = segments ? joinMail(segments, sources, size) : (sources[0] ?? Buffer.alloc(0));
    if (bytes.length !== size) throw new Error(`${path} has ${bytes.length} bytes instead of ${size}`);
    const file = join(target, path);
    if (!made.has(dirname(file))) mkdirSync(dirname(file), { recursive: true });
    made.add(dirname(file));
    writeFileSync(file, bytes);
    utimesSync(file, modified / 1000, modified / 1000);
  };
}
