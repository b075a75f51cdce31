import { createDice } from '../corpus/dice.ts';

/** Pieces up to this length stay whole. */
const WHOLE = 512 * 1024;
const MEAN_BITS = 20;
const MOST = 4 * 1024 * 1024;
const STRICT = ~(0xffff_ffff >>> (MEAN_BITS + 2));
const EASY = ~(0xffff_ffff >>> (MEAN_BITS - 2));

const dice = createDice(11);
const gear = Int32Array.from({ length: 256 }, () => dice.word() | 0);

/** Cuts bytes by content (FastCDC) with the sizes of the engine: 512 KiB to 4 MiB, 1 MiB in the middle. */
export function* cut(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length;) {
    const end = bytes.length <= WHOLE ? bytes.length : findCut(bytes, start);
    yield bytes.subarray(start, end);
    start = end;
  }
}

function findCut(bytes: Uint8Array, start: number): number {
  const limit = Math.min(bytes.length, start + MOST);
  const mean = Math.min(limit, start + 2 ** MEAN_BITS);
  let hash = 0;
  let at = Math.min(limit, start + WHOLE);
  for (; at < mean; at += 1) {
    hash = ((hash << 1) + (gear[bytes[at] ?? 0] ?? 0)) | 0;
    if ((hash & STRICT) === 0) return at + 1;
  }
  for (; at < limit; at += 1) {
    hash = ((hash << 1) + (gear[bytes[at] ?? 0] ?? 0)) | 0;
    if ((hash & EASY) === 0) return at + 1;
  }
  return limit;
}
