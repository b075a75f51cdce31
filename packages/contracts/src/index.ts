/**
 * What a plugin author depends on, and nothing else: the interfaces of sources, restore targets and destinations, the
 * item model, the error classes and their messages, clock, randomness and logger.
 *
 * @packageDocumentation
 */
export { systemClock } from './clock.ts';
export { CryptoError } from './crypto-error.ts';
export { DestinationError } from './destination-error.ts';
export { HoldfastError } from './holdfast-error.ts';
export { silentLogger } from './logger.ts';
export { englishMessages, formatMessage } from './messages.ts';
export { randomFraction, systemRandomness } from './randomness.ts';
export { RepositoryError } from './repository-error.ts';
export { noUsage } from './service-usage.ts';
export { SourceError } from './source-error.ts';

export type { Clock } from './clock.ts';
export type {
  ByteRange,
  Destination,
  DestinationCapabilities,
  GetOptions,
  ObjectInfo,
  PutOptions,
} from './destination.ts';
export type {
  CryptoErrorCode,
  DestinationErrorCode,
  ErrorCode,
  RepositoryErrorCode,
  SourceErrorCode,
} from './error-codes.ts';
export type { HoldfastErrorOptions } from './holdfast-error.ts';
export type {
  Collection,
  CollectionKind,
  ItemContent,
  ItemPart,
  ItemSummary,
  OmittedPart,
  SourceItem,
} from './item.ts';
export type { JsonArray, JsonObject, JsonValue } from './json.ts';
export type { LogFields, Logger } from './logger.ts';
export type { MessageDetails, MessageTable } from './messages.ts';
export type { OperationOptions } from './operation-options.ts';
export type { Randomness } from './randomness.ts';
export type {
  CreatedItem,
  FindItemsOptions,
  ItemPresence,
  PartToSave,
  RestorableItem,
  RestoreFolder,
  RestoreTarget,
} from './restore-target.ts';
export type { ServiceUsage } from './service-usage.ts';
export type {
  ChangeCheckpoint,
  ChangeEvent,
  ChangesOptions,
  CollectionEvent,
  CollectionFailed,
  CollectionFound,
  CollectionReset,
  CollectionSkipped,
  ItemChanged,
  ItemLocation,
  ItemRemoved,
  ItemUntold,
  LocatedItem,
  SkipCause,
  Source,
} from './source.ts';
