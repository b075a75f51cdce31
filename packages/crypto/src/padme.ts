/**
 * The next length of the Padmé set at or above a length: only the top bits of its binary form are free, so that a length
 * tells little (Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication with PURBs", 2019,
 * algorithm 1).
 *
 * @param length - From 1 to 2^32 − 1. The result may be 2^32.
 */
export function padmeLength(length: number): number {
  const exponent = floorLog2(length);
  const free = exponent === 0 ? 0 : floorLog2(exponent) + 1;
  const step = 2 ** (exponent - free);
  return Math.ceil(length / step) * step;
}

function floorLog2(value: number): number {
  return 31 - Math.clz32(value);
}
