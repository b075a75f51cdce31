import { SourceError } from '@holdfast/contracts';
import type { JsonObject, JsonValue } from '@holdfast/contracts';

import { asObject, asString, objectsOf } from '../json-access.ts';
import type { RequestKind } from '../request-counters.ts';
import type { ServiceResponse } from './call.ts';
import type { GraphClient } from './graph-client.ts';
import { retryPolicy } from './retry-policy.ts';
import { errorCodeOf } from './service-error.ts';
import type { FailureSubject } from './service-error.ts';

/** How many requests one `$batch` takes (Microsoft Graph documentation, concepts/json-batching). */
export const BATCH_SIZE = 20;

const ROUNDS = 8;

/** Read requests that go together. */
export interface Batch {
  /** What they are for. */
  readonly kind: RequestKind;
  /** Addresses below the version, encoded; at most {@link BATCH_SIZE}. */
  readonly urls: readonly string[];
  /** Headers of each of them: Graph does not hand down those of the batch. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Ends it early. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Sends GET requests as one `$batch` and gives their answers in the same order. Inner requests that were throttled or
 * failed in passing are sent again, by themselves, each with the patience of a request of its own; where one was
 * throttled, every request of the mailbox waits.
 */
export async function sendBatch(
  client: GraphClient,
  batch: Batch,
  subject: FailureSubject,
): Promise<readonly ServiceResponse[]> {
  const { kind, urls, headers, signal } = batch;
  const answers = new Map<number, ServiceResponse>();
  const policies = urls.map(() => retryPolicy(client.clock, client.randomness, { attempts: ROUNDS }));
  let open = urls.map((_, index) => index);
  while (open.length > 0) {
    const requests = open.map((index) => ({
      id: String(index),
      method: 'GET',
      url: urls[index] ?? '',
      ...(headers === undefined ? {} : { headers }),
    }));
    const request = { kind, method: 'POST', target: '/$batch', body: { requests }, weight: requests.length } as const;
    const { responses } = await client.json({ ...request, signal }, subject);
    for (const response of objectsOf(responses)) answers.set(Number(response['id']), toServiceResponse(response));

    const again: number[] = [];
    let waitMs = 0;
    let throttledMs = 0;
    for (const index of open) {
      const answer = answers.get(index);
      if (answer === undefined) throw new SourceError('ERR_SOURCE_PROTOCOL', { reason: 'a batch without an answer' });
      if (answer.status !== 424 && answer.status < 429) continue;
      const wait = policies[index]?.afterResponse(answer);
      if (wait === undefined) continue;
      again.push(index);
      waitMs = Math.max(waitMs, wait.waitMs);
      if (wait.throttled) throttledMs = Math.max(throttledMs, wait.waitMs);
    }
    open = again;
    if (throttledMs > 0) client.pause(throttledMs);
    if (open.length > 0) await client.clock.sleep(waitMs, { signal });
  }
  return urls.map((_, index) => answers.get(index)).filter((answer) => answer !== undefined);
}

/** An address below the version, as inner requests of a batch need it; the path is encoded already. */
export function relativeUrl(path: string, query: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`;
}

function toServiceResponse(response: JsonObject): ServiceResponse {
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
  };
}
