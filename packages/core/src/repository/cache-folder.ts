import { join } from 'node:path';
import type { Keyring } from '@holdfast/crypto';
import { toHex } from '../internal/bytes.ts';
import type { Budget } from './budget.ts';

const NAME_BYTES = 8;

/** The folder that keeps segments of this repository between sessions; undefined if nothing is to be kept. */
export function cacheFolder({ cacheDirectory }: Budget, { repositoryId }: Keyring): string | undefined {
  if (cacheDirectory === undefined) return undefined;
  return join(cacheDirectory, toHex(repositoryId.subarray(0, NAME_BYTES)), 'index');
}
