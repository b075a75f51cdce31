import { Buffer } from 'node:buffer';
import { hash } from 'node:crypto';
import type { TreeKey } from './tree-key.ts';

/** Tells where nodes end: docs/format/trees.md, "Node boundaries". */
export interface NodeBoundary {
  /** Whether a node of that level ends behind a record of that key and length, the length before it included. */
  endsAfter(level: number, key: TreeKey, length: number): boolean;
}

/** A node ends after a record of s bytes with probability s / 2^14. */
const FACTOR = 2 ** 18;
/** Level and sort time. */
const HEAD = 9;
const FIRST_CAPACITY = 1024;
/** UTF-8 takes no more for a UTF-16 unit. */
const WIDEST_UNIT = 3;

/** Makes a {@link NodeBoundary}. It keeps one buffer, so that a record costs one call of the hash and nothing else. */
export function createNodeBoundary(): NodeBoundary {
  let scratch = Buffer.alloc(FIRST_CAPACITY);

  return {
    endsAfter(level, { sort, id }, length) {
      const most = HEAD + id.length * WIDEST_UNIT;
      if (most > scratch.length) scratch = Buffer.alloc(most * 2);
      const high = Math.floor(sort / 2 ** 32);
      scratch[0] = level;
      scratch.writeInt32BE(high, 1);
      scratch.writeUInt32BE(sort - high * 2 ** 32, 5);
      const end = HEAD + scratch.write(id, HEAD, 'utf8');
      // One character for each byte: half the price of a buffer, of which four bytes are wanted.
      const digest = hash('sha256', scratch.subarray(0, end), 'binary');
      let first = 0;
      for (let i = 0; i < 4; i += 1) first = first * 256 + digest.charCodeAt(i);
      return first < length * FACTOR;
    },
  };
}
