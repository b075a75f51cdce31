import type { RepositoryErrorCode } from './error-codes.ts';
import { HoldfastError, isBranded } from './holdfast-error.ts';
import type { HoldfastErrorOptions } from './holdfast-error.ts';
import type { MessageDetails } from './messages.ts';

const BRAND: symbol = Symbol.for('@holdfast/contracts/RepositoryError');
const TEMPORARY: ReadonlySet<RepositoryErrorCode> = new Set<RepositoryErrorCode>([]);

/**
 * Thrown by the engine when a repository, a snapshot or an item is not fit for what was asked.
 *
 * @example Creating a repository only where there is none
 * ```ts
 * import { RepositoryError } from '@holdfast/contracts';
 *
 * const error: unknown = new RepositoryError('ERR_REPOSITORY_NOT_FOUND', { destination: 'backups/ada' });
 * console.log(RepositoryError.is(error, 'ERR_REPOSITORY_NOT_FOUND')); // true
 * ```
 */
export class RepositoryError extends HoldfastError<RepositoryErrorCode> {
  /** Always `'RepositoryError'`. */
  override readonly name = 'RepositoryError' as const;

  /**
   * @param code - Which failure this is.
   * @param details - Values of the message.
   * @param options - The cause.
   */
  constructor(code: RepositoryErrorCode, details: MessageDetails, options: HoldfastErrorOptions = {}) {
    super(BRAND, TEMPORARY, code, details, options);
  }

  /** Like `instanceof`, but also across package copies, and optionally for one code. */
  static is(value: unknown, code?: RepositoryErrorCode): value is RepositoryError {
    return isBranded(value, BRAND, code);
  }
}
