import type { ErrorCode } from './error-codes.ts';
import { formatMessage } from './messages.ts';
import type { MessageDetails } from './messages.ts';

/** Values of an error's message, its cause, and how long to wait. */
export interface HoldfastErrorOptions extends ErrorOptions {
  /** How long the other side asked callers to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

/**
 * What all errors of this library have in common. Catch the classes below it; switch on `code`.
 *
 * The message is made from {@link englishMessages}; it never holds a credential or the content of an item.
 */
export abstract class HoldfastError<Code extends ErrorCode> extends Error {
  /** Which failure this is. Switch on it. */
  readonly code: Code;
  /** Whether the same call may succeed later. The engine retries exactly these. */
  readonly temporary: boolean;
  /** The values of the message, so that it can be shown in another language. */
  readonly details: MessageDetails;
  /** How long the other side asked callers to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  protected constructor(
    brand: symbol,
    temporaryCodes: ReadonlySet<string>,
    code: Code,
    details: MessageDetails,
    options: HoldfastErrorOptions = {},
  ) {
    super(formatMessage(code, details), options);
    this.code = code;
    this.temporary = temporaryCodes.has(code);
    this.details = details;
    this.retryAfterMs = options.retryAfterMs;
    // A registered symbol: an error made by another copy of this package is still recognised.
    Object.defineProperty(this, brand, { value: true });
  }
}

/** Whether a value is an error with that brand, and optionally of one code. */
export function isBranded(value: unknown, brand: symbol, code: ErrorCode | undefined): boolean {
  if (!(value instanceof Error) || !(brand in value)) return false;
  return code === undefined || ('code' in value && value.code === code);
}
