import { inspect } from 'node:util';

const MASK = '[secret]';

/**
 * A text that shows itself only on request.
 *
 * In strings, JSON, `console.log` and `util.inspect` it reads `[secret]`; a structured clone is empty. JavaScript cannot
 * wipe a text from memory: disposing of a secret drops the reference, and what {@link Secret.reveal} gave out before is
 * out of its hands.
 *
 * @example Keeping a password out of a log
 * ```ts
 * import { Secret } from '@holdfast/crypto';
 *
 * const secret = new Secret('correct horse battery staple');
 * console.log(`${secret}`, JSON.stringify({ secret })); // [secret] {"secret":"[secret]"}
 * console.log(secret.reveal().length); // 28
 * ```
 */
export class Secret {
  #text: string | undefined;

  static {
    // Not as a method: declarations could not name it (isolatedDeclarations).
    Object.defineProperty(Secret.prototype, inspect.custom, { value: () => MASK });
  }

  /**
   * @param text - What is to be kept.
   */
  constructor(text: string) {
    this.#text = text;
  }

  /**
   * Gives the text.
   *
   * @throws `TypeError` after the secret was disposed of.
   */
  reveal(): string {
    if (this.#text === undefined) throw new TypeError('The secret was disposed of.');
    return this.#text;
  }

  /** Always `[secret]`. */
  toString(): string {
    return MASK;
  }

  /** Always `[secret]`. */
  toJSON(): string {
    return MASK;
  }

  /** Forgets the text. */
  [Symbol.dispose](): void {
    this.#text = undefined;
  }
}
