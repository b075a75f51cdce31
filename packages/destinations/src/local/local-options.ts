import { resolve } from 'node:path';

import { systemClock } from '@holdfast/contracts';
import type { Clock } from '@holdfast/contracts';

/** Options of {@link localDestination}. */
export interface LocalDestinationOptions {
  /** The folder the objects live below. A relative path counts from the working directory of this moment. */
  readonly path: string;
  /**
   * Whether the first `put` creates the folder if it is missing. With `false` a missing folder is
   * `ERR_DESTINATION_NOT_FOUND`: right for a removable drive or a share, which otherwise looks empty while it is not
   * connected.
   *
   * @defaultValue `true`
   */
  readonly create?: boolean | undefined;
  /**
   * What waits for another writer, on file systems without hard links only. Files are stamped by the system.
   *
   * @defaultValue the clock of the machine
   */
  readonly clock?: Clock | undefined;
}

/** {@link LocalDestinationOptions} with defaults filled in. */
export interface ResolvedLocalDestinationOptions {
  /** The folder, as an absolute path. */
  readonly root: string;
  /** Whether it is created when missing. */
  readonly create: boolean;
  /** What waits. */
  readonly clock: Clock;
}

/** Fills in defaults and rejects nonsense, so that nothing behind this line checks options. */
export function resolveLocalDestinationOptions(options: LocalDestinationOptions): ResolvedLocalDestinationOptions {
  const { path, create = true, clock = systemClock } = options;
  if (typeof path !== 'string' || path === '' || path.includes('\0')) {
    throw new TypeError('path must be the path of a folder');
  }
  return { root: resolve(path), create, clock };
}
