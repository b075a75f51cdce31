import type { CryptoErrorCode } from './error-codes.ts';
import { HoldfastError, isBranded } from './holdfast-error.ts';
import type { HoldfastErrorOptions } from './holdfast-error.ts';
import type { MessageDetails } from './messages.ts';

const BRAND: symbol = Symbol.for('@holdfast/contracts/CryptoError');
const TEMPORARY: ReadonlySet<CryptoErrorCode> = new Set<CryptoErrorCode>([]);

/**
 * Thrown when a key does not fit or sealed data is not what was sealed. A wrong key (`ERR_KEY_WRONG`) and damaged data
 * (`ERR_SEAL_BROKEN`, `ERR_KEYRING_DAMAGED`) are different codes.
 *
 * @example Asking again for a password, and for nothing else
 * ```ts
 * import { CryptoError } from '@holdfast/contracts';
 *
 * const error: unknown = new CryptoError('ERR_KEY_WRONG', {});
 * console.log(CryptoError.is(error, 'ERR_KEY_WRONG')); // true
 * ```
 */
export class CryptoError extends HoldfastError<CryptoErrorCode> {
  /** Always `'CryptoError'`. */
  override readonly name = 'CryptoError' as const;

  /**
   * @param code - Which failure this is.
   * @param details - Values of the message: mostly `object`, the name of the object concerned.
   * @param options - The cause.
   */
  constructor(code: CryptoErrorCode, details: MessageDetails, options: HoldfastErrorOptions = {}) {
    super(BRAND, TEMPORARY, code, details, options);
  }

  /** Like `instanceof`, but also across package copies, and optionally for one code. */
  static is(value: unknown, code?: CryptoErrorCode): value is CryptoError {
    return isBranded(value, BRAND, code);
  }
}
