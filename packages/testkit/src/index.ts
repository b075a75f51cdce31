/**
 * For tests of Holdfast and of its plugins: the promises of a destination as checks that can be run anywhere, time that
 * moves on demand, randomness that can be repeated, and a mailbox in memory.
 *
 * @packageDocumentation
 */
export { destinationChecks } from './destination-checks/destination-checks.ts';
export { hostileNames } from './destination-checks/hostile-names.ts';
export { testDestination } from './destination-checks/test-destination.ts';
export { validateDestination } from './destination-checks/validate-destination.ts';
export { memoryMailbox } from './memory-mailbox.ts';
export { seededRandomness } from './seeded-randomness.ts';
export { virtualClock } from './virtual-clock.ts';

export type { DestinationCheckOptions, ResolvedDestinationCheckOptions } from './destination-checks/check-options.ts';
export type {
  DestinationCheck,
  DestinationCheckContext,
  DestinationRequirements,
} from './destination-checks/destination-check.ts';
export type { HostileName } from './destination-checks/hostile-names.ts';
export type { TestRunner } from './destination-checks/test-destination.ts';
export type {
  DestinationCheckResult,
  DestinationVerdict,
  ValidateDestinationOptions,
} from './destination-checks/validate-destination.ts';
export type { MemoryItem, MemoryMailbox, MemoryMailboxCounts, MemoryMailboxOptions } from './memory-mailbox.ts';
export type { SeededRandomness } from './seeded-randomness.ts';
export type { VirtualClock, VirtualClockOptions } from './virtual-clock.ts';
