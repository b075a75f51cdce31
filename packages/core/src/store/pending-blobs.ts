import type { OperationOptions } from '@holdfast/contracts';
import type { BlobIndex } from '../index-segments/blob-index.ts';
import { toHex } from '../internal/bytes.ts';

/** Which blobs are taken in but not durable yet. Whoever asks first for one that is not known has to store it. */
export interface PendingBlobs {
  /** Whether blobs are in the index, or will be because somebody is storing them. */
  areHeld(ids: readonly Uint8Array[], options?: OperationOptions): Promise<boolean[]>;
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

  /** Answers for each blob; nothing comes between one answer and the next. */
  async function ask<Answer>(
    ids: readonly Uint8Array[],
    options: OperationOptions | undefined,
    answer: (isHeld: boolean, name: string) => Answer,
  ): Promise<Answer[]> {
    asking += 1;
    try {
      const known = await index.hasMany(ids, options);
      return ids.map((id, i) => {
        const name = toHex(id);
        return answer(known[i] === true || pending.has(name), name);
      });
    } finally {
      asking -= 1;
      if (asking === 0) {
        for (const name of settled) pending.delete(name);
        settled = [];
      }
    }
  }

  return {
    areHeld: (ids, options) => ask(ids, options, (isHeld) => isHeld),
    async claim(ids, options) {
      const flags = await ask(ids, options, (isHeld, name) => {
        if (isHeld) return 0;
        pending.add(name);
        return 1;
      });
      return Uint8Array.from(flags);
    },
    settle(ids) {
      for (const id of ids) {
        if (asking > 0) settled.push(toHex(id));
        else pending.delete(toHex(id));
      }
    },
  };
}
