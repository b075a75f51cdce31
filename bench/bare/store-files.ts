import { hash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ListedFile } from '../corpus/list-files.ts';
import type { BlobCodec } from './blob-codec.ts';
import { cut } from './cut.ts';
import { noteIn } from './known-ids.ts';
import type { Manifest, StoredBlob, StoredFile, StoredPack } from './manifest.ts';
import { splitMail } from './split-mail.ts';
import type { BackupTask } from './task.ts';

const PACK = 16 * 1024 * 1024;

/** Reads, takes apart, cuts, names, compresses, encrypts and packs files; packs are hashed and written with fsync. */
export function storeFiles(files: Iterable<ListedFile>, codec: BlobCodec, task: BackupTask): Manifest {
  const { source, repository, mime } = task;
  const isNew = noteIn(task.known);
  const packs: StoredPack[] = [];
  const stored: StoredFile[] = [];
  let sealed: Buffer[] = [];
  let blobs: StoredBlob[] = [];
  let size = 0;

  function closePack(): void {
    if (size === 0) return;
    const bytes = Buffer.concat(sealed, size);
    const name = hash('sha256', bytes);
    mkdirSync(join(repository, name.slice(0, 2)), { recursive: true });
    writeFileSync(join(repository, name.slice(0, 2), name), bytes, { flush: true });
    packs.push({ name, blobs });
    [sealed, blobs, size] = [[], [], 0];
  }

  function store(raw: Uint8Array): string[] {
    const ids: string[] = [];
    for (const chunk of cut(raw)) {
      const id = codec.idOf(chunk);
      const name = id.toString('base64url');
      ids.push(name);
      if (!isNew(id)) continue;
      const bytes = codec.seal(chunk);
      blobs.push([name, size, bytes.length, chunk.length]);
      sealed.push(bytes);
      size += bytes.length;
      if (size >= PACK) closePack();
    }
    return ids;
  }

  for (const { path, size: length, modified } of files) {
    const bytes = readFileSync(join(source, path));
    const parts = mime && path.endsWith('.eml') ? splitMail(bytes) : undefined;
    const pieces = (parts?.pieces ?? [bytes]).map(store);
    stored.push({ path, size: length, modified, pieces, segments: parts?.segments });
  }
  closePack();
  return { files: stored, packs };
}
