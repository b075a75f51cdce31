import type { ItemPart } from '@holdfast/contracts';
import type { StoredPart } from '../tree/item-record.ts';
import type { BackupContext } from './backup-context.ts';

/** Stores the parts of an item, as far as their bytes are not stored yet. */
export async function storeParts(context: BackupContext, parts: readonly ItemPart[]): Promise<StoredPart[]> {
  const { options, reading, chunk, data } = context;
  const stored: StoredPart[] = [];
  for (const { name, bytes } of parts) {
    const blobs: Uint8Array[] = [];
    let size = 0;
    for await (const piece of chunk(bytes)) {
      reading.signal?.throwIfAborted();
      if (piece.length === 0) continue;
      size += piece.length;
      blobs.push(await data.add(piece, options));
    }
    stored.push({ name, size, blobs });
  }
  return stored;
}
