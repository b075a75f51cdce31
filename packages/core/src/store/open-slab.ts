import type { StoredPart } from '../tree/item-record.ts';
import type { PartKind } from './part-kind.ts';
import type { PreparePart } from './prepare-part.ts';

/** Parts that wait to go to a lane together. */
export interface OpenSlab {
  /** Bytes in it. */
  readonly used: number;
  /** Length and kind of each part. */
  readonly parts: readonly (PreparePart & { readonly length: number })[];
  /** Whether a part of that length has room. */
  fits(length: number): boolean;
  /** Copies a part in; `known` is the same part as it is stored already. The promise is that of what it is stored as. */
  add(part: SlabPart): Promise<StoredPart>;
  /** The bytes, which are given away with their buffer. */
  bytes(): Uint8Array;
  /** Keeps the promises. */
  settle(stored: (part: Omit<SlabPart, 'bytes'>, number: number) => StoredPart): void;
  /** Breaks those promises that are not kept yet. */
  abandon(error: unknown): void;
  /** Lets another slab take its place. */
  release(): void;
}

/** A part on its way into a slab. */
export interface SlabPart {
  /** Its name. */
  readonly name: string;
  /** How it is stored. */
  readonly kind: PartKind;
  /** The same part of the same item as it is stored already, if it is. */
  readonly known: StoredPart | undefined;
  /** Its bytes. */
  readonly bytes: Uint8Array;
}

interface Waiting {
  readonly part: Omit<SlabPart, 'bytes'>;
  readonly resolve: (part: StoredPart) => void;
  readonly reject: (error: unknown) => void;
}

/** So that little things from a slow source do not wait for others too long. */
const MOST_PARTS = 512;
/** A slab begins like this and doubles: in a folder of one small item it goes off nearly empty. */
const FIRST_LENGTH = 32 * 1024;

/** Opens a slab. */
export function createOpenSlab(capacity: number, release: () => void): OpenSlab {
  let slab = new Uint8Array(Math.min(capacity, FIRST_LENGTH));
  const parts: (PreparePart & { readonly length: number })[] = [];
  const waiting: Waiting[] = [];
  let used = 0;

  return {
    parts,
    release,
    get used() {
      return used;
    },
    fits: (length) => used + length <= capacity && parts.length < MOST_PARTS,
    add({ name, kind, known, bytes }) {
      if (used + bytes.length > slab.length) {
        const larger = new Uint8Array(Math.min(capacity, Math.max(slab.length * 2, used + bytes.length)));
        larger.set(slab.subarray(0, used));
        slab = larger;
      }
      slab.set(bytes, used);
      used += bytes.length;
      parts.push({ ...kind, known: known?.digest, length: bytes.length });
      const { promise, resolve, reject } = Promise.withResolvers<StoredPart>();
      waiting.push({ part: { name, kind, known }, resolve, reject });
      return promise;
    },
    bytes: () => slab.subarray(0, used),
    settle(stored) {
      for (const [number, { part, resolve }] of waiting.entries()) resolve(stored(part, number));
    },
    abandon(error) {
      for (const { reject } of waiting) reject(error);
      release();
    },
  };
}
