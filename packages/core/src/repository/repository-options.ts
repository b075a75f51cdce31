import { silentLogger, systemClock, systemRandomness } from '@holdfast/contracts';
import type { Clock, Destination, Logger, OperationOptions, Randomness } from '@holdfast/contracts';
import type { RepositoryKey } from '@holdfast/crypto';
import { resolveCapture } from '../capture/capture-options.ts';
import type { CaptureOptions, ResolvedCapture } from '../capture/capture-options.ts';
import { resolveBudget } from './budget.ts';
import type { Budget, BudgetOptions } from './budget.ts';
import { resolveCompression } from './compression.ts';
import type { Compression, CompressionOptions } from './compression.ts';

/** What {@link createRepository} and {@link openRepository} have in common. */
export interface RepositoryEnvironment extends OperationOptions {
  /** Where the repository lies. It is disposed of together with the repository. */
  readonly destination: Destination;
  /** Where time comes from. @defaultValue the machine's clock */
  readonly clock?: Clock | undefined;
  /** Where randomness comes from; anything but the default belongs in tests. @defaultValue the platform's generator */
  readonly randomness?: Randomness | undefined;
  /** Hears what the library would say. @defaultValue silence */
  readonly logger?: Logger | undefined;
  /** How much a backup asks its source for, unless it is told otherwise. @defaultValue `{ mode: 'incremental' }` */
  readonly capture?: CaptureOptions | undefined;
  /** What may be used of the machine. @defaultValue see {@link BudgetOptions} */
  readonly budget?: BudgetOptions | undefined;
  /** How what is backed up is compressed. @defaultValue `{ level: 3 }` */
  readonly compression?: CompressionOptions | undefined;
}

/** Options of {@link createRepository}. */
export interface CreateRepositoryOptions extends RepositoryEnvironment {
  /** What will open it. `'none'` makes a repository that is not encrypted, for ever. */
  readonly key: RepositoryKey | 'none';
  /** Text for people that tells this key from others. @defaultValue the empty text */
  readonly label?: string | undefined;
  /** Size in bytes at which packs are closed, 4 MiB to 64 MiB. @defaultValue `16777216`, that is 16 MiB */
  readonly packTarget?: number | undefined;
}

/** Options of {@link openRepository}. */
export interface OpenRepositoryOptions extends RepositoryEnvironment {
  /** What opens it. Needed unless the repository is not encrypted. */
  readonly key?: RepositoryKey | undefined;
}

/** {@link RepositoryEnvironment} with defaults filled in. */
export type ResolvedEnvironment = Pick<Required<RepositoryEnvironment>, 'destination'> & {
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly logger: Logger;
  readonly budget: Budget;
  readonly compression: Compression;
  readonly capture: ResolvedCapture;
};

/** Fills in defaults. */
export function resolveEnvironment(options: RepositoryEnvironment): ResolvedEnvironment {
  const { destination, clock = systemClock, randomness = systemRandomness, logger = silentLogger } = options;
  if (typeof destination?.put !== 'function') {
    throw new TypeError('destination must be a destination, such as localDestination({ path }) gives');
  }
  return {
    destination,
    clock,
    randomness,
    logger,
    budget: resolveBudget(options.budget),
    compression: resolveCompression(options.compression),
    capture: resolveCapture(options.capture),
  };
}

/** Refuses what is no key. Types hold TypeScript to it; a password given as a bare text is an easy mistake elsewhere. */
export function requireKey(key: RepositoryKey): RepositoryKey {
  if (typeof key?.secret?.reveal === 'function') return key;
  throw new TypeError("key must come from password(…), generateKey() or generatedKey(…), or be 'none' on creation");
}

const MIB = 1024 * 1024;

/** Checks the size of packs. */
export function resolvePackTarget({ packTarget = 16 * MIB }: CreateRepositoryOptions): number {
  if (!Number.isSafeInteger(packTarget) || packTarget < 4 * MIB || packTarget > 64 * MIB) {
    throw new RangeError(`packTarget must be an integer from 4 MiB to 64 MiB, got ${packTarget}`);
  }
  return packTarget;
}
