import type { SourceErrorCode } from './error-codes.ts';
import { HoldfastError, isBranded } from './holdfast-error.ts';
import type { HoldfastErrorOptions } from './holdfast-error.ts';
import type { MessageDetails } from './messages.ts';

const BRAND: symbol = Symbol.for('@holdfast/contracts/SourceError');
const TEMPORARY: ReadonlySet<SourceErrorCode> = new Set<SourceErrorCode>([
  'ERR_SOURCE_THROTTLED',
  'ERR_SOURCE_UNREACHABLE',
]);

/**
 * Thrown by every method of a source or a restore target, except that an aborted call throws `signal.reason`.
 *
 * @example Telling one bad item from a service that is down
 * ```ts
 * import { SourceError } from '@holdfast/contracts';
 *
 * const error: unknown = new SourceError('ERR_ITEM_UNREADABLE', { item: 'AAMk1', reason: 'ErrorCorruptData' });
 * console.log(SourceError.is(error, 'ERR_ITEM_UNREADABLE')); // true
 * ```
 */
export class SourceError extends HoldfastError<SourceErrorCode> {
  /** Always `'SourceError'`. */
  override readonly name = 'SourceError' as const;

  /**
   * @param code - Which failure this is.
   * @param details - Values of the message: mostly `item` or `collection`, and `reason`, the service's own code.
   * @param options - The cause, and how long to wait.
   */
  constructor(code: SourceErrorCode, details: MessageDetails, options: HoldfastErrorOptions = {}) {
    super(BRAND, TEMPORARY, code, details, options);
  }

  /** Like `instanceof`, but also across package copies, and optionally for one code. */
  static is(value: unknown, code?: SourceErrorCode): value is SourceError {
    return isBranded(value, BRAND, code);
  }
}
