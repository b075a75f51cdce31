/**
 * A destination in a folder of a local disk, a removable drive or a mounted share.
 *
 * @packageDocumentation
 */
export { localDestination } from './local-destination.ts';

export type { LocalDestinationOptions } from './local-options.ts';
