/** What is shorter is compressed without a look at it first. */
const LOOKED_AT_FROM = 16 * 1024;
const SAMPLES = 8;
const SAMPLE_LENGTH = 1024;
/** Of eight bits a byte. Bytes that are packed or encrypted are above 0.99, next to everything else far below. */
const PACKED = 0.98;

/**
 * Looks at a few places of something long: pictures and archives, of which much mail is made, are packed already, and
 * finding that out by compressing them takes as long as compressing all the rest. They are known by using all bytes alike
 * often (docs/decisions/0005-zstandard-3.md).
 */
export function seemsPacked(raw: Uint8Array, share: number = PACKED): boolean {
  if (raw.length < LOOKED_AT_FROM) return false;
  const counts = new Uint32Array(256);
  const step = Math.floor((raw.length - SAMPLE_LENGTH) / (SAMPLES - 1));
  for (let from = 0, i = 0; i < SAMPLES; from += step, i += 1) {
    for (let at = from; at < from + SAMPLE_LENGTH; at += 1) counts[raw[at]!]! += 1;
  }
  return entropy(counts, SAMPLES * SAMPLE_LENGTH) > share * 8;
}

/** Bits that a byte needs at the least if each is encoded by how often it occurs. */
function entropy(counts: Uint32Array, total: number): number {
  let bits = 0;
  for (const count of counts) if (count > 0) bits += count * Math.log2(total / count);
  return bits / total;
}
