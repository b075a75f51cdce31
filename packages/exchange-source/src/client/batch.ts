import { SourceError } from '@holdfast/contracts';
import type { JsonObject, JsonValue } from '@holdfast/contracts';

import { asObject, asString, objectsOf } from '../json-access.ts';
import type { RequestKind } from '../request-counters.ts';
import type { ServiceResponse } from './call.ts';
import type { GraphClient } from './graph-client.ts';
import { retryPolicy } from './retry-policy.ts';
import type { RetryPolicy, RetryWait } from './retry-policy.ts';
import { errorCodeOf, pushbackCause } from './service-error.ts';
import type { FailureSubject } from './service-error.ts';

const ATTEMPTS = 8;

/** Read requests that go together. */
export interface Batch {
  /** What they are for. */
  readonly kind: RequestKind;
  /** Addresses below the version, encoded; at most 20. */
  readonly urls: readonly string[];
  /** Headers of each of them: Graph does not hand down those of the batch. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Ends it early. */
  readonly signal?: AbortSignal | undefined;
}

/** One request of a batch on its way. */
interface Step {
  readonly id: string;
  readonly url: string;
  readonly policy: RetryPolicy;
  attempts: number;
  /** Whether the token was renewed because of it. */
  renewed: boolean;
  answer?: ServiceResponse;
}

/**
 * Sends GET requests as one `$batch` and gives their answers in the same order. Inner requests that were throttled or
 * failed in passing are sent again, by themselves, each with the patience of a request of its own; where one was
 * throttled, every request of the mailbox waits. While the service takes fewer requests at a time than Graph would send
 * on, the batch is sent in pieces of so many.
 */
export async function sendBatch(
  client: GraphClient,
  batch: Batch,
  subject: FailureSubject,
): Promise<readonly ServiceResponse[]> {
  const { kind, headers, signal } = batch;
  const { clock, randomness, throttlePatienceMs } = client;
  const limits = { attempts: ATTEMPTS, throttlePatienceMs };
  const steps = batch.urls.map((url, index): Step => {
    return { id: String(index), url, policy: retryPolicy(clock, randomness, limits), attempts: 0, renewed: false };
  });
  let open = steps;
  while (open.length > 0) {
    const sent = open.slice(0, client.batchSize);
    const requests = sent.map(({ id, url }) => ({ id, method: 'GET', url, ...(headers && { headers }) }));
    const earlierAttempts = Math.min(...sent.map(({ attempts }) => attempts));
    const request = { kind, method: 'POST', target: '/$batch', body: { requests }, weight: sent.length } as const;
    const { responses } = await client.json({ ...request, earlierAttempts, signal }, subject);
    const answers = new Map(objectsOf(responses).map((response) => [asString(response['id']), response]));
    const again: { readonly step: Step; readonly wait: RetryWait }[] = [];
    for (const step of sent) {
      const response = answers.get(step.id);
      if (response === undefined) throw new SourceError('ERR_SOURCE_PROTOCOL', { reason: 'a batch without an answer' });
      step.attempts++;
      step.answer = toServiceResponse(response, step.attempts);
      const wait = waitAfter(step, step.answer);
      if (wait !== undefined) again.push({ step, wait });
    }
    open = [...again.map(({ step }) => step), ...open.slice(sent.length)];
    if (again.length > 0) await waitBeforeNext(client, batch, again);
  }
  return steps.flatMap(({ answer }) => answer ?? []);
}

/** What to do about an answer inside a batch; `undefined` means that it is the final one. */
function waitAfter(step: Step, answer: ServiceResponse): RetryWait | undefined {
  if (answer.ok) return undefined;
  if (answer.status === 401 && !step.renewed) {
    step.renewed = true;
    return { waitMs: 0, cause: 'token-refused' };
  }
  // Nothing depends on anything here, so a failed dependency is a failure of the batch.
  if (answer.status === 424) return step.policy.afterResponse({ ...answer, status: 503 });
  return step.policy.afterResponse(answer);
}

/** Tells of every repetition, and waits as long as the most patient of them must. */
async function waitBeforeNext(
  client: GraphClient,
  { kind, signal }: Batch,
  again: readonly { readonly step: Step; readonly wait: RetryWait }[],
): Promise<void> {
  const waitMs = Math.max(...again.map(({ wait }) => wait.waitMs));
  for (const { step, wait } of again) {
    const { status = 0, errorCode } = step.answer ?? {};
    client.noteRetry({ kind, attempt: step.attempts, waitMs, cause: wait.cause, status, code: errorCode });
  }
  const pushed = again.filter(({ wait }) => wait.cause === 'throttled');
  if (pushed.length > 0) {
    const aboutConcurrency = pushed.some(({ step }) => step.answer && pushbackCause(step.answer) === 'concurrency');
    client.pushBack({
      waitMs: Math.max(...pushed.map(({ wait }) => wait.waitMs)),
      cause: aboutConcurrency ? 'concurrency' : 'load',
    });
  }
  if (again.some(({ wait }) => wait.cause === 'token-refused')) await client.renewToken({ signal });
  if (waitMs > 0) await client.clock.sleep(waitMs, { signal });
}

/** An address below the version, as inner requests of a batch need it; the path is encoded already. */
export function relativeUrl(path: string, query: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`;
}

function toServiceResponse(response: JsonObject, attempt: number): ServiceResponse {
  const status = Number(response['status']);
  const ok = status >= 200 && status < 300;
  const body: JsonValue | undefined = response['body'];
  const headers = new Headers();
  for (const [name, value] of Object.entries(asObject(response['headers']) ?? {})) {
    headers.set(name, asString(value) ?? JSON.stringify(value));
  }
  const json = asObject(body);
  return {
    status,
    ok,
    cut: false,
    headers,
    bytes: new Uint8Array(),
    json,
    errorCode: ok ? undefined : errorCodeOf(json),
    attempt,
  };
}
