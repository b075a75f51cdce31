/**
 * A destination in memory, for tests and for trying things out.
 *
 * @packageDocumentation
 */
export { memoryDestination } from './memory-destination.ts';

export type { MemoryDestinationOptions, MemoryObject } from './memory-destination.ts';
