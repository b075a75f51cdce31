/** What a log line may carry beside its message. Never a credential, never the content of an item. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * Receives what the library would say. It is silent by default: nothing is ever printed.
 *
 * Every method returns at once and must not throw.
 */
export interface Logger {
  /** Detail for somebody who looks for a fault. */
  debug(message: string, fields?: LogFields): void;
  /** Something worth knowing happened. */
  info(message: string, fields?: LogFields): void;
  /** Something went wrong and was dealt with. */
  warn(message: string, fields?: LogFields): void;
  /** Something went wrong and is lost or undone. */
  error(message: string, fields?: LogFields): void;
}

/** A logger that drops everything: the default wherever a {@link Logger} can be passed in. */
export const silentLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
};
