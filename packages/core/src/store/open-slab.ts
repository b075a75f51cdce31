import type { StoredPart } from '../tree/item-record.ts';
import type { PartKind } from './part-kind.ts';

/** Parts that wait to go to a lane together. */
export interface OpenSlab {
  /** When it was opened, in milliseconds since 1970. */
  readonly since: number;
  /** Bytes in it. */
  readonly used: number;
  /** Length and kind of each part. */
  readonly parts: readonly (PartKind & { readonly length: number })[];
  /** Whether a part of that length has room. */
  fits(length: number): boolean;
  /** Copies a part in. The promise is that of what it is stored as. */
  add(name: string, kind: PartKind, bytes: Uint8Array): Promise<StoredPart>;
  /** The bytes, which are given away with their buffer. */
  bytes(): Uint8Array;
  /** Keeps the promises. */
  settle(stored: (name: string, number: number) => StoredPart): void;
  /** Breaks those promises that are not kept yet. */
  abandon(error: unknown): void;
  /** Lets another slab take its place. */
  release(): void;
}

interface Waiting {
  readonly name: string;
  readonly resolve: (part: StoredPart) => void;
  readonly reject: (error: unknown) => void;
}

/** Opens a slab. */
export function createOpenSlab(
  capacity: number,
  { release, since }: { readonly release: () => void; readonly since: number },
): OpenSlab {
  const slab = new Uint8Array(capacity);
  const parts: (PartKind & { readonly length: number })[] = [];
  const waiting: Waiting[] = [];
  let used = 0;

  return {
    since,
    parts,
    release,
    get used() {
      return used;
    },
    fits: (length) => used + length <= capacity,
    add(name, kind, bytes) {
      slab.set(bytes, used);
      used += bytes.length;
      parts.push({ ...kind, length: bytes.length });
      const { promise, resolve, reject } = Promise.withResolvers<StoredPart>();
      waiting.push({ name, resolve, reject });
      return promise;
    },
    bytes: () => slab.subarray(0, used),
    settle(stored) {
      for (const [number, { name, resolve }] of waiting.entries()) resolve(stored(name, number));
    },
    abandon(error) {
      for (const { reject } of waiting) reject(error);
      release();
    },
  };
}
