import type { Budget } from '../repository/budget.ts';

/** How much a part store holds at one time. All sizes in bytes. */
export interface StoreLimits {
  /** Parts travel to lanes in slabs of this size; longer ones come piece by piece. */
  readonly slab: number;
  /** Slabs under way. */
  readonly slabs: number;
  /** Size at which a pack is closed. */
  readonly packTarget: number;
  /** Packs being put. */
  readonly puts: number;
}

const MIB = 1024 * 1024;
const SMALLEST_PACK = 4 * MIB;

/**
 * Divides the memory: each lane has an open pack, and one that waits to be put or memory for the next; beside them are the packs
 * being put and the slabs, of which what a lane makes is as large again.
 */
export function storeLimits({ memory, workers, transfers }: Budget, packTarget: number): StoreLimits {
  const lanes = Math.max(1, workers);
  const slab = MIB;
  const fitting = Math.floor(memory / 4 / (2 * lanes + transfers) / MIB) * MIB;
  const target = Math.min(packTarget, Math.max(SMALLEST_PACK, fitting));
  const puts = Math.max(1, Math.min(transfers, Math.floor(memory / 4 / target)));
  return { slab, slabs: 2 * lanes + 4, packTarget: target, puts };
}
