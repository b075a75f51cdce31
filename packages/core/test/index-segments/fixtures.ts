import { createHash } from 'node:crypto';

import { RepositoryError } from '@holdfast/contracts';
import fc from 'fast-check';
import { expect } from 'vitest';

import type { BlobRecord, PackInfo } from '../../src/index-segments/blob-segment.ts';
import type { SegmentContent } from '../../src/index-segments/directory.ts';
import { decodeCbor, encodeCbor } from '../../src/internal/cbor.ts';
import type { CborValue } from '../../src/internal/cbor.ts';

/** Name of the object in the errors of these tests. */
export const OBJECT = 'index/abcd';

/** Bytes like those of a hash: SHA-256 of a label, cut to a length of up to 32. */
export function hashOf(label: string, length = 32): Uint8Array {
  return new Uint8Array(createHash('sha256').update(label).digest()).slice(0, length);
}

/** The pack of a number, as a new object on every call. */
export function makePack(number: number): PackInfo {
  const header = new Uint8Array(48);
  header.set(hashOf(`header ${number}`), 16);
  return { name: hashOf(`pack ${number}`), header, size: 16_777_216 };
}

/** Blob records `0` to before `count`, in a few packs. */
export function makeBlobRecords(count: number, label = 'blob'): BlobRecord[] {
  const packs = [0, 1, 2].map(makePack);
  return Array.from({ length: count }, (_, i) => ({
    id: hashOf(`${label} ${i}`),
    location: { pack: packs[i % 3]!, ordinal: Math.floor(i / 3), offset: 48 + 4000 * Math.floor(i / 3), length: 4000 },
  }));
}

/** The content with some members of its directory changed; `undefined` takes a member away. */
export function withMembers(
  content: SegmentContent,
  changes: { readonly [name: string]: CborValue | undefined },
): SegmentContent {
  const members = { ...(decodeCbor(content.directory) as { [name: string]: CborValue }), ...changes };
  const present = Object.entries(members).filter((entry): entry is [string, CborValue] => entry[1] !== undefined);
  return { ...content, directory: encodeCbor(Object.fromEntries(present)) };
}

/** The content with one block changed. */
export function withBlock(
  content: SegmentContent,
  index: number,
  change: (block: Uint8Array) => Uint8Array | void,
): SegmentContent {
  const blocks: Uint8Array[] = content.blocks.map((block) => Uint8Array.from(block));
  blocks[index] = change(blocks[index]!) ?? blocks[index]!;
  return { ...content, blocks };
}

/** The content with any one byte changed, in the directory or in a block. */
export function anyDamage(content: SegmentContent): fc.Arbitrary<SegmentContent> {
  const pieces = [content.directory, ...content.blocks];
  return fc
    .tuple(fc.nat(pieces.length - 1), fc.nat(), fc.integer({ min: 1, max: 255 }), fc.boolean())
    .map(([number, position, change, isCut]) => {
      const [directory, ...blocks] = pieces.map((piece, i) => {
        if (i !== number) return piece;
        const at = position % piece.length;
        const changed = Uint8Array.from(piece);
        changed[at]! ^= change;
        return isCut ? changed.slice(0, at) : changed;
      });
      return { ...content, directory: directory!, blocks };
    });
}

/** Matches `ERR_OBJECT_DAMAGED` for the object of these tests. */
export const DAMAGED: unknown = expect.objectContaining({
  code: 'ERR_OBJECT_DAMAGED',
  details: expect.objectContaining({ object: OBJECT }),
});

/** Expects that reading works or fails with a typed error, and nothing else. */
export function expectReadOrRefused(read: () => void): void {
  try {
    read();
  } catch (error) {
    if (!RepositoryError.is(error)) throw error;
    expect(['ERR_OBJECT_DAMAGED', 'ERR_VERSION_UNSUPPORTED']).toContain(error.code);
  }
}
