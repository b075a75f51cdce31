import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BlobCodec } from './blob-codec.ts';
import type { StoredPack } from './manifest.ts';

/** Reads a pack, compares its hash, and opens every blob in it and compares that. */
export function checkPack({ name, blobs }: StoredPack, codec: BlobCodec, repository: string): void {
  const bytes = readFileSync(join(repository, name.slice(0, 2), name));
  if (hash('sha256', bytes) !== name) throw new Error(`pack ${name} is damaged`);
  for (const [id, offset, length, raw] of blobs) {
    const blob = codec.open(bytes.subarray(offset, offset + length), raw);
    if (codec.idOf(blob).toString('base64url') !== id) throw new Error(`blob ${id} is damaged`);
  }
}
