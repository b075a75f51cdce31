import { systemRandomness } from '@holdfast/contracts';
import type { Randomness } from '@holdfast/contracts';
import { Secret } from './secret.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const GENERATED_LENGTH = 44;
const GENERATED_FORM = /^[A-Za-z0-9]{44}$/;
/** Bytes from here on are thrown away: 256 is no multiple of 62, and a remainder would favour some characters. */
const UNBIASED_LIMIT = 256 - (256 % ALPHABET.length);

/** What opens a slot of a repository. Made by {@link password}, {@link generatedKey} or {@link generateKey}. */
export interface RepositoryKey {
  /** How it came about. It decides how costly a slot made with it is to guess. */
  readonly type: 'generated' | 'password';
  /** The secret text. */
  readonly secret: Secret;
}

/** Options of {@link generateKey}. */
export interface GenerateKeyOptions {
  /** Source of the characters; anything but the default belongs in tests. @defaultValue the platform's generator */
  readonly randomness?: Randomness | undefined;
}

/**
 * Makes a key of a password that a person chose.
 *
 * The text is brought into Unicode normalisation form NFC, so that the same password typed on two systems is the same
 * key. Its strength is up to the person: whoever holds the storage can guess at leisure.
 *
 * @throws `RangeError` if the text is empty or not well-formed Unicode. The text is not in the message.
 *
 * @example A password from the environment
 * ```ts
 * import { password } from '@holdfast/crypto';
 *
 * const key = password(process.env['REPOSITORY_PASSWORD'] ?? 'only an example');
 * console.log(key.type); // password
 * ```
 */
export function password(text: string): RepositoryKey {
  if (text.length === 0) throw new RangeError('A password needs at least one character.');
  // A lone surrogate has no UTF-8 form: two different passwords would become one.
  if (!text.isWellFormed()) throw new RangeError('A password must be well-formed Unicode.');
  return { type: 'password', secret: new Secret(text.normalize('NFC')) };
}

/**
 * Makes a key of a text that {@link generateKey} gave out earlier.
 *
 * @throws `RangeError` if the text is not 44 characters of `A-Z`, `a-z` and `0-9`. The text is not in the message.
 *
 * @example Reading a key back
 * ```ts
 * import { generatedKey, generateKey } from '@holdfast/crypto';
 *
 * const written = generateKey().secret.reveal();
 * console.log(generatedKey(written).type); // generated
 * ```
 */
export function generatedKey(text: string | Secret): RepositoryKey {
  const secret = typeof text === 'string' ? new Secret(text) : text;
  if (!GENERATED_FORM.test(secret.reveal())) {
    throw new RangeError(`A generated key has ${GENERATED_LENGTH} characters, all of them letters A to Z or digits.`);
  }
  return { type: 'generated', secret };
}

/**
 * Makes a new random key of 44 letters and digits (262 bits), every character equally likely.
 *
 * Show it once with `key.secret.reveal()` and have it written down: a repository cannot be opened without it.
 *
 * @example A new key
 * ```ts
 * import { generateKey } from '@holdfast/crypto';
 *
 * const key = generateKey();
 * console.log(key.secret.reveal().length); // 44
 * ```
 */
export function generateKey(options: GenerateKeyOptions = {}): RepositoryKey {
  const { randomness = systemRandomness } = options;
  let text = '';
  while (text.length < GENERATED_LENGTH) {
    for (const byte of randomness.bytes(GENERATED_LENGTH - text.length)) {
      if (byte < UNBIASED_LIMIT) text += ALPHABET.charAt(byte % ALPHABET.length);
    }
  }
  return { type: 'generated', secret: new Secret(text) };
}
