import type { SeededRandomness } from '../seeded-randomness.ts';

/** When a process is killed: after so many lines, and so many milliseconds more. */
export interface KillMoment {
  /** Which lines count. @defaultValue all */
  readonly line?: RegExp | undefined;
  /** After how many of them. @defaultValue `1` with `line`; without it 0, which is from the beginning */
  readonly count?: number | undefined;
  /** How many milliseconds later. @defaultValue `0`: at once */
  readonly afterMs?: number | undefined;
}

/** Between which bounds {@link randomKillMoment} chooses; both bounds are included. */
export interface KillSpan {
  /** Which lines count. @defaultValue all */
  readonly line?: RegExp | undefined;
  /** After how many of them, at least and at most. @defaultValue as for {@link KillMoment} */
  readonly count?: readonly [least: number, most: number] | undefined;
  /** How many milliseconds later, at least and at most. @defaultValue `0` */
  readonly afterMs?: readonly [least: number, most: number] | undefined;
}

/**
 * Chooses when to kill a process: the same moment for the same dice. Where that meets the process still depends on how
 * fast the machine is.
 *
 * @example Somewhere in the first four checkpoints
 * ```ts
 * import { randomKillMoment, seededRandomness } from '@holdfast/testkit';
 *
 * const killAt = randomKillMoment(seededRandomness(7), { line: /^checkpoint/, count: [1, 4], afterMs: [0, 10] });
 * ```
 */
export function randomKillMoment(dice: SeededRandomness, { line, count, afterMs }: KillSpan): KillMoment {
  // Always two numbers, so that what comes after does not depend on what is left out.
  const [chosenCount, chosenDelay] = [dice.integer(...(count ?? [0, 0])), dice.integer(...(afterMs ?? [0, 0]))];
  return {
    ...(line !== undefined && { line }),
    ...(count !== undefined && { count: chosenCount }),
    ...(afterMs !== undefined && { afterMs: chosenDelay }),
  };
}
