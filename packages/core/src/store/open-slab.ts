import type { StoredPart } from '../tree/item-record.ts';
import type { PartKind } from './part-kind.ts';

/** Parts that wait to go to a lane together. */
export interface OpenSlab {
  /** Bytes in it. */
  readonly used: number;
  /** The parts, one after the other. */
  readonly parts: readonly WaitingPart[];
  /** Whether a part of that length has room. */
  fits(length: number): boolean;
  /** Copies a part in. The promise is that of what it is stored as. */
  add(part: SlabPart): Promise<StoredPart>;
  /** The bytes, which are given away with their buffer. */
  bytes(): Uint8Array;
  /** Keeps the promises. */
  settle(stored: (part: WaitingPart, number: number) => StoredPart): void;
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

/** A part whose bytes are in a slab. */
export interface WaitingPart extends Omit<SlabPart, 'bytes'> {
  /** How many they are. */
  readonly length: number;
}

interface Promised {
  readonly resolve: (part: StoredPart) => void;
  readonly reject: (error: unknown) => void;
}

/** So that little things from a slow source do not wait for others too long. */
const MOST_PARTS = 512;

/** Opens a slab in that memory. */
export function createOpenSlab(slab: Uint8Array, release: () => void): OpenSlab {
  const parts: WaitingPart[] = [];
  const promised: Promised[] = [];
  let used = 0;

  return {
    parts,
    release,
    get used() {
      return used;
    },
    fits: (length) => used + length <= slab.length && parts.length < MOST_PARTS,
    add({ name, kind, known, bytes }) {
      slab.set(bytes, used);
      used += bytes.length;
      parts.push({ name, kind, known, length: bytes.length });
      const { promise, resolve, reject } = Promise.withResolvers<StoredPart>();
      promised.push({ resolve, reject });
      return promise;
    },
    bytes: () => slab.subarray(0, used),
    settle(stored) {
      for (const [number, part] of parts.entries()) promised[number]?.resolve(stored(part, number));
    },
    abandon(error) {
      for (const { reject } of promised) reject(error);
      release();
    },
  };
}
