import type { JsonObject } from '@holdfast/contracts';
import type { Exchange } from '@holdfast/simulators/exchange';

/** Changes an answer before the client sees it; the address is that of the request, also of one in a batch. */
export type Alter = (url: string, answer: { status: number; body: JsonObject }) => { status: number; body: JsonObject };

/** The simulator's `fetch`, with JSON answers altered, those inside a batch one by one. */
export function alteredFetch(exchange: Exchange, alter: Alter): typeof fetch {
  return async (input, init) => {
    const response = await exchange.fetch(input, init);
    const url = String(input instanceof Request ? input.url : input);
    if (!(response.headers.get('content-type') ?? '').includes('json') || url.includes('oauth2')) return response;
    const text = await response.text();
    const headers = new Headers(response.headers);
    headers.delete('content-length');
    headers.delete('content-encoding');
    if (!url.endsWith('/$batch')) {
      const { status, body } = alter(url, { status: response.status, body: JSON.parse(text) as JsonObject });
      return new Response(JSON.stringify(body), { status, headers });
    }
    const sent = Buffer.from((init?.body as Uint8Array | undefined) ?? []).toString();
    const { requests } = JSON.parse(sent) as { requests: { id: string; url: string }[] };
    const answers = JSON.parse(text) as { responses?: { id: string; status: number; body: JsonObject }[] };
    const responses = answers.responses?.map((answer) => {
      const asked = requests.find(({ id }) => id === answer.id)?.url ?? '';
      return { ...answer, ...alter(asked, { status: answer.status, body: answer.body }) };
    });
    return new Response(JSON.stringify({ ...answers, responses: responses ?? [] }), {
      status: response.status,
      headers,
    });
  };
}

/** The entries of a list, replaced. */
export function withEntries(
  answer: { status: number; body: JsonObject },
  change: (entries: JsonObject[]) => readonly unknown[],
): { status: number; body: JsonObject } {
  const entries = answer.body['value'];
  if (!Array.isArray(entries)) return answer;
  return { ...answer, body: { ...answer.body, value: change(entries as JsonObject[]) } as JsonObject };
}
