import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';

/** How a file is put together out of blobs. */
export interface StoredFile {
  readonly path: string;
  readonly size: number;
  readonly modified: number;
  /** Ids of its blobs, or of those of each of its pieces. */
  readonly pieces: readonly (readonly string[])[];
  /** How pieces become the file, where they do not follow one another. */
  readonly segments?: readonly Segment[] | undefined;
}

/** A run of bytes of a piece; with `line`, in base64 of that many characters a line. */
export interface Segment {
  readonly source: number;
  readonly length: number;
  readonly line?: number | undefined;
  readonly eol?: 'crlf' | 'lf' | undefined;
}

/** Where a blob lies: offset and length in its pack, and its length before compression. */
export type StoredBlob = readonly [id: string, offset: number, length: number, raw: number];

/** A pack and what is in it. */
export interface StoredPack {
  readonly name: string;
  readonly blobs: readonly StoredBlob[];
}

/** All that a backup knows. */
export interface Manifest {
  readonly files: readonly StoredFile[];
  readonly packs: readonly StoredPack[];
}

/** Writes the manifest of a backup into its repository. */
export function writeManifest(repository: string, manifest: Manifest): void {
  const bytes = zstdCompressSync(JSON.stringify(manifest));
  const name = createHash('sha256').update(bytes).digest('hex');
  writeFileSync(join(repository, `manifest-${name.slice(0, 8)}`), bytes, { flush: true });
  writeFileSync(join(repository, 'latest'), `manifest-${name.slice(0, 8)}`, { flush: true });
}

/** Reads the last manifest of a repository. */
export function readManifest(repository: string): Manifest {
  const name = readFileSync(join(repository, 'latest'), 'utf8');
  return JSON.parse(zstdDecompressSync(readFileSync(join(repository, name))).toString()) as Manifest;
}
