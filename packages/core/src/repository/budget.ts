import { availableParallelism, tmpdir } from 'node:os';
import { requireOneOf } from '../internal/require-one-of.ts';

/** What an open repository may use of the machine. */
export interface BudgetOptions {
  /**
   * Bytes by which packs, slabs, caches and the index are measured. From 64 MiB. It is no limit of the process: buffers that wait for
   * the garbage collector and the heaps of the threads come on top, some hundred megabytes on two cores
   * (docs/performance.md).
   *
   * @defaultValue `268435456`, that is 256 MiB
   */
  readonly memory?: number | undefined;
  /**
   * Worker threads for cutting, hashing, compressing, sealing and their reverse, 0 to 64. They are started once there is
   * work for them, and never more than one for each 32 MiB of `memory`: the others would have nothing to work with. With 0
   * the thread that calls does everything.
   *
   * @defaultValue the number of processors available to the process
   */
  readonly workers?: number | undefined;
  /** Objects that are written to, or read from, the destination at the same time, 1 to 64. @defaultValue `4` */
  readonly transfers?: number | undefined;
  /** Folder for files that are of use only while the repository is open. @defaultValue the system's folder for these */
  readonly temporaryDirectory?: string | undefined;
  /**
   * Where the index is looked up: in a table in memory (27 bytes a blob), or in its files and, where there are none, on the
   * storage, with little of it in memory.
   *
   * @defaultValue `'auto'`: in memory if that takes at most a quarter of `memory`, and if enough is looked up
   */
  readonly index?: 'auto' | 'memory' | 'disk' | undefined;
  /**
   * Folder for what saves reading things again in a later session. Nothing readable lies in it, and it may be deleted at any moment:
   * nothing but time is lost.
   *
   * @defaultValue none: nothing is kept between sessions
   */
  readonly cacheDirectory?: string | undefined;
  /** Bytes that the cache directory holds at most. @defaultValue `1073741824`, that is 1 GiB */
  readonly cacheSize?: number | undefined;
}

/** {@link BudgetOptions} with defaults filled in. */
export interface Budget {
  /** See {@link BudgetOptions.memory}. */
  readonly memory: number;
  /** See {@link BudgetOptions.workers}; no more than `memory` has room for. */
  readonly workers: number;
  /** See {@link BudgetOptions.transfers}. */
  readonly transfers: number;
  /** See {@link BudgetOptions.temporaryDirectory}. */
  readonly temporaryDirectory: string;
  /** See {@link BudgetOptions.index}. */
  readonly index: 'auto' | 'memory' | 'disk';
  /** See {@link BudgetOptions.cacheDirectory}. */
  readonly cacheDirectory: string | undefined;
  /** See {@link BudgetOptions.cacheSize}. */
  readonly cacheSize: number;
}

const MIB = 1024 * 1024;
/** What a worker has under way: an open pack, a sealed one, slabs and what it makes of them. */
const WORKER_MEMORY = 32 * MIB;
/** Name, least, most and unit of every number. */
const LIMITS = [
  ['memory', 64 * MIB, Number.MAX_SAFE_INTEGER, ' bytes'],
  ['workers', 0, 64, ''],
  ['transfers', 1, 64, ''],
  ['cacheSize', 0, Number.MAX_SAFE_INTEGER, ' bytes'],
] as const;

/**
 * Fills in defaults and refuses nonsense.
 *
 * @throws `RangeError` if a number is out of range, `TypeError` if a folder is no text.
 */
export function resolveBudget(options: BudgetOptions = {}): Budget {
  const {
    memory = 256 * MIB,
    workers = Math.min(64, availableParallelism()),
    transfers = 4,
    temporaryDirectory = tmpdir(),
    index = 'auto',
    cacheDirectory,
    cacheSize = 1024 * MIB,
  } = options;
  const budget: Budget = { memory, workers, transfers, temporaryDirectory, index, cacheDirectory, cacheSize };
  requireOneOf('budget.index', index, ['auto', 'memory', 'disk']);
  for (const [name, least, most, unit] of LIMITS) {
    const value = budget[name];
    if (!Number.isSafeInteger(value) || value < least || value > most) {
      throw new RangeError(`budget.${name} must be an integer from ${least} to ${most}${unit}, got ${String(value)}`);
    }
  }
  for (const [name, value] of Object.entries({ temporaryDirectory, cacheDirectory })) {
    if (value !== undefined && (typeof value !== 'string' || value === '')) {
      throw new TypeError(`budget.${name} must be the path of a folder`);
    }
  }
  return { ...budget, workers: Math.min(workers, Math.floor(memory / WORKER_MEMORY)) };
}
