import type { ServiceResponse, UncertainOutcome } from '../client/call.ts';
import { failureOf } from '../client/failure-of.ts';
import type { MailboxContext } from '../mailbox-context.ts';
import type { RequestKind } from '../request-counters.ts';

const ATTEMPTS = 8;
const FIRST_WAIT_MS = 200;

/** The waits of one write, between its attempts. */
export interface WriteWaits {
  /** Requests that were sent for it so far, as far as they were told. */
  readonly attempts: number;
  /** Tells of the repetition and waits; `false`, at once, if the write was tried often enough. */
  next(failure: ServiceResponse | UncertainOutcome): Promise<boolean>;
}

/**
 * Makes the waits of a write that is repeated by whoever knows what it writes: because its message is not ready, being
 * just created or busy with another write, or because nobody knows what came of it. They grow from a fifth of a second.
 */
export function writeWaits(
  { client }: Pick<MailboxContext, 'client'>,
  kind: RequestKind,
  signal: AbortSignal | undefined,
): WriteWaits {
  let failures = 0;
  let attempts = 0;
  return {
    get attempts() {
      return attempts;
    },
    async next(failure) {
      attempts = failure.attempt;
      if (++failures >= ATTEMPTS) return false;
      const waitMs = FIRST_WAIT_MS * 2 ** (failures - 1);
      client.noteRetry({ kind, attempt: attempts, waitMs, ...failureOf(failure) });
      await client.clock.sleep(waitMs, { signal });
      return true;
    },
  };
}
