import { CryptoError, RepositoryError } from '@holdfast/contracts';

const DAMAGE: ReadonlySet<string> = new Set([
  'ERR_OBJECT_DAMAGED',
  'ERR_OBJECT_MISSING',
  'ERR_SEAL_BROKEN',
  'ERR_SEAL_FORMAT',
]);

/** Whether an object is missing or not what was written: others may do without it. A newer version is no damage. */
export function isDamage(error: unknown): error is RepositoryError | CryptoError {
  return (RepositoryError.is(error) || CryptoError.is(error)) && DAMAGE.has(error.code);
}
