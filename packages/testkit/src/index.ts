/**
 * For tests of Holdfast and of its plugins: time that moves on demand and randomness that can be repeated.
 *
 * @packageDocumentation
 */
export { seededRandomness } from './seeded-randomness.ts';
export { virtualClock } from './virtual-clock.ts';

export type { SeededRandomness } from './seeded-randomness.ts';
export type { VirtualClock, VirtualClockOptions } from './virtual-clock.ts';
