import type { Answer, RawRequest } from '../protocol/exchange-call.ts';
import { GraphFailure } from '../protocol/graph-failure.ts';
import { GRAPH_ROOT } from '../protocol/real-hosts.ts';

interface BatchStep {
  readonly id: string;
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly dependsOn?: readonly string[];
}

/** Answers one request of a batch; all headers of the answer are in it. */
export type StepHandler = (request: RawRequest) => Promise<Answer>;

const MOST_STEPS = 20;
/** How many requests of a batch go to one mailbox at a time (concepts/throttling-limits). */
const AT_A_TIME = 4;

/**
 * Answers `POST /$batch`. Every step has its own status and headers, also its own 429; the order of the answers is not
 * that of the requests; a step whose dependency failed answers 424.
 */
export async function answerBatch(json: unknown, authorization: string, handle: StepHandler): Promise<Answer> {
  const { requests } = json as { readonly requests: readonly BatchStep[] };
  refuse(requests);
  const results = new Map<string, Promise<number>>();
  const responses: unknown[] = [];
  const inTurn = turns(AT_A_TIME);

  async function runStep(step: BatchStep): Promise<number> {
    const statuses = await Promise.all((step.dependsOn ?? []).flatMap((id) => results.get(id) ?? []));
    if (statuses.some((status) => status >= 400)) {
      const error = { code: 'FailedDependency', message: 'A request that this one depends on has failed.' };
      responses.push({ id: step.id, status: 424, headers: {}, body: { error } });
      return 424;
    }
    const answer = await inTurn(() => handle(stepRequest(step, authorization)));
    responses.push(stepAnswer(step.id, answer));
    return answer.status;
  }

  for (const step of requests) results.set(step.id, runStep(step));
  await Promise.all(results.values());
  return { status: 200, json: { responses: responses.toReversed() } };
}

/** Runs so many at a time; who finishes hands its place to who waits longest. */
function turns(places: number): <Result>(run: () => Promise<Result>) => Promise<Result> {
  const waiting: (() => void)[] = [];
  let free = places;
  return async (run) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await run();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  };
}

function refuse(requests: readonly BatchStep[]): void {
  const fail = (message: string): never => {
    throw new GraphFailure(400, 'BadRequest', message);
  };
  if (requests.length > MOST_STEPS) {
    fail(`Number of batch request steps exceeds the maximum value of ${MOST_STEPS}.`);
  }
  const known = new Set<string>();
  for (const { id, dependsOn = [] } of requests) {
    if (known.has(id)) fail(`Duplicate request id '${id}' in the batch.`);
    const missing = dependsOn.find((other) => !known.has(other));
    if (missing !== undefined) fail(`Request '${id}' depends on '${missing}', which does not come before it.`);
    known.add(id);
  }
}

function stepRequest({ method, url, headers = {}, body }: BatchStep, authorization: string): RawRequest {
  const lowered: Record<string, string> = { authorization };
  for (const [name, value] of Object.entries(headers)) lowered[name.toLowerCase()] = value;
  const isJson = lowered['content-type']?.startsWith('application/json') === true;
  return {
    method: method.toUpperCase(),
    url: new URL(`${GRAPH_ROOT}/${url.replace(/^\//, '')}`),
    headers: lowered,
    body: bodyOf(body, { isJson }),
  };
}

/** JSON stands in the batch as it is, everything else as base64. */
function bodyOf(body: unknown, { isJson }: { readonly isJson: boolean }): Uint8Array {
  if (body === undefined) return new Uint8Array();
  if (!isJson && typeof body === 'string') return new Uint8Array(Buffer.from(body, 'base64'));
  return new TextEncoder().encode(JSON.stringify(body));
}

function stepAnswer(id: string, { status, headers = {}, json, bytes }: Answer): unknown {
  const body = bytes === undefined ? json : Buffer.from(bytes).toString('base64');
  return { id, status, headers: titleCased(headers), ...(body !== undefined && { body }) };
}

/** Names of headers as the service writes them in a batch, where case matters to clients. */
function titleCased(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.replaceAll(/(^|-)[a-z]/g, (start) => start.toUpperCase()),
      value,
    ]),
  );
}
