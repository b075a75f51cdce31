import type { DestinationErrorCode } from './error-codes.ts';
import { HoldfastError, isBranded } from './holdfast-error.ts';
import type { HoldfastErrorOptions } from './holdfast-error.ts';
import type { MessageDetails } from './messages.ts';

const BRAND: symbol = Symbol.for('@holdfast/contracts/DestinationError');
const TEMPORARY: ReadonlySet<DestinationErrorCode> = new Set<DestinationErrorCode>([
  'ERR_THROTTLED',
  'ERR_UNAVAILABLE',
]);

/**
 * Thrown by every method of a destination, except that an aborted call throws `signal.reason`.
 *
 * @example Treating a missing object as absence, and nothing else
 * ```ts
 * import { DestinationError } from '@holdfast/contracts';
 * import type { Destination } from '@holdfast/contracts';
 *
 * async function readIfThere(destination: Destination, name: string): Promise<Uint8Array | undefined> {
 *   return destination.get(name).catch((error: unknown) => {
 *     if (DestinationError.is(error, 'ERR_OBJECT_NOT_FOUND')) return undefined;
 *     throw error;
 *   });
 * }
 * ```
 */
export class DestinationError extends HoldfastError<DestinationErrorCode> {
  /** Always `'DestinationError'`. */
  override readonly name = 'DestinationError' as const;

  /**
   * @param code - Which failure this is.
   * @param details - Values of the message: mostly `name`, the object concerned.
   * @param options - The cause, and how long to wait.
   */
  constructor(code: DestinationErrorCode, details: MessageDetails, options: HoldfastErrorOptions = {}) {
    super(BRAND, TEMPORARY, code, details, options);
  }

  /** Like `instanceof`, but also across package copies, and optionally for one code. */
  static is(value: unknown, code?: DestinationErrorCode): value is DestinationError {
    return isBranded(value, BRAND, code);
  }
}
