import type { OperationOptions } from '@holdfast/contracts';
import type { BlobIndex } from '../index-segments/blob-index.ts';
import { toHex } from '../internal/bytes.ts';

/** Which blobs are taken in but not durable yet. Whoever asks first for one that is not known has to store it. */
export interface PendingBlobs {
  /** Flags (1) the blobs that the caller has to store; nobody else will be asked to. */
  claim(ids: readonly Uint8Array[], options?: OperationOptions): Promise<Uint8Array>;
  /** Says that blobs are in the index now. */
  settle(ids: readonly Uint8Array[]): void;
}

/** Makes a {@link PendingBlobs}. */
export function createPendingBlobs(index: BlobIndex): PendingBlobs {
  const pending = new Set<string>();
  // While the index is being asked, its answer may be older than what has become durable since.
  let settled: string[] = [];
  let asking = 0;

  return {
    async claim(ids, options) {
      const names = ids.map((id) => toHex(id));
      asking += 1;
      try {
        const known = await index.hasMany(ids, options);
        return Uint8Array.from(names, (name, i) => {
          if (known[i] === true || pending.has(name)) return 0;
          pending.add(name);
          return 1;
        });
      } finally {
        asking -= 1;
        if (asking === 0) {
          for (const name of settled) pending.delete(name);
          settled = [];
        }
      }
    },
    settle(ids) {
      for (const id of ids) {
        if (asking > 0) settled.push(toHex(id));
        else pending.delete(toHex(id));
      }
    },
  };
}
