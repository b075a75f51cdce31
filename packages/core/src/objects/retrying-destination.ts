import { DestinationError, randomFraction } from '@holdfast/contracts';
import type { Clock, Destination, Logger, OperationOptions, Randomness } from '@holdfast/contracts';

/** What {@link retryingDestination} needs beside the destination. */
export interface RetryOptions {
  /** Waits between attempts. */
  readonly clock: Clock;
  /** For jitter. */
  readonly randomness: Randomness;
  /** Hears of every attempt that failed. */
  readonly logger: Logger;
}

const ATTEMPTS = 6;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

/**
 * Repeats calls that failed for a while only (`temporary`), with growing waits and jitter; a wait that the store asks for
 * is honoured. Everything else passes through.
 *
 * A listing that breaks off is begun again, and what it has yielded already is skipped: for as long as it lasts, it
 * remembers the names. One that got further than before has its full number of attempts again.
 */
export function retryingDestination(inner: Destination, { clock, randomness, logger }: RetryOptions): Destination {
  async function pause(error: unknown, attempt: number, { signal }: OperationOptions): Promise<void> {
    if (!DestinationError.is(error) || !error.temporary || attempt >= ATTEMPTS) throw error;
    signal?.throwIfAborted();
    const growing = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1));
    const waitMs = Math.round(error.retryAfterMs ?? growing * (0.5 + randomFraction(randomness) / 2));
    logger.warn('destination call failed, trying again', { code: error.code, attempt, waitMs });
    await clock.sleep(waitMs, { signal });
  }

  async function retry<T>(call: () => Promise<T>, options: OperationOptions = {}): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await call();
      } catch (error) {
        await pause(error, attempt, options);
      }
    }
  }

  return {
    title: inner.title,
    capabilities: inner.capabilities,
    put: (name, bytes, options) => retry(() => inner.put(name, bytes, options), options),
    get: (name, options) => retry(() => inner.get(name, options), options),
    fileOf: inner.fileOf?.bind(inner),
    stat: (name, options) => retry(() => inner.stat(name, options), options),
    delete: (name, options) => retry(() => inner.delete(name, options), options),
    async *list(prefix, options = {}) {
      const yielded = new Set<string>();
      for (let attempt = 1; ; attempt += 1) {
        const before = yielded.size;
        try {
          for await (const info of inner.list(prefix, options)) {
            if (yielded.has(info.name)) continue;
            yielded.add(info.name);
            yield info;
          }
          return;
        } catch (error) {
          if (yielded.size > before) attempt = 1;
          await pause(error, attempt, options);
        }
      }
    },
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  };
}
