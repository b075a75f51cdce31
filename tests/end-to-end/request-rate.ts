import { exchangeOnline } from '@holdfast/exchange-source';
import type { Source } from '@holdfast/contracts';
import { startExchange } from '@holdfast/simulators/exchange';
import { virtualClock } from '@holdfast/testkit';
import { letter } from './letters.ts';
import { ADA } from './world.ts';

/** What Exchange Online allows one application in one mailbox. */
const ALLOWED = { requests: 10_000, windowMs: 600_000 };

/** How a client that wants more than it is allowed gets on with the limits that the simulator enforces. */
export interface RequestRate {
  readonly requests: number;
  /** Most requests that were sent within any 10 minutes. */
  readonly mostInWindow: number;
  /** Share of the allowed rate that was used in the leanest stretch of 10,000 requests. */
  readonly used: number;
  /** Requests that the simulator refused. */
  readonly refused: number;
  /** Most requests in flight. */
  readonly inFlight: number;
}

/** Reads messages over HTTP, in virtual time, as fast as the client lets itself. */
export async function requestRate(requests: number): Promise<RequestRate> {
  const clock = virtualClock();
  const exchange = await startExchange({ mailboxes: { [ADA]: {} }, clock, latencyMs: 50 });
  const { tenant, credentials, control } = exchange;
  for (let i = 0; i < 8; i += 1) await control.addMessage(ADA, 'inbox', letter(i));
  const sent: number[] = [];
  const fetch: typeof globalThis.fetch = (input, init) => {
    sent.push(clock.now());
    return exchange.fetch(input, init);
  };
  try {
    const mailbox = await exchangeOnline({ tenant, credentials, fetch, clock }).mailbox(ADA);
    const items = await clock.runUntil(messagesOf(mailbox));
    sent.length = 0;
    exchange.requests.reset();
    let left = requests;
    const reader = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        const item = items[left % items.length];
        if (item !== undefined) await mailbox.read(item);
      }
    };
    await clock.runUntil(Promise.all(Array.from({ length: 6 }, reader)));
    const { throttled, maxInFlight } = exchange.requests;
    return { requests, ...share(sent), refused: throttled, inFlight: maxInFlight[ADA] ?? 0 };
  } finally {
    await exchange.close();
  }
}

function share(sent: readonly number[]): Pick<RequestRate, 'mostInWindow' | 'used'> {
  const { requests, windowMs } = ALLOWED;
  let longest = 0;
  let mostInWindow = 0;
  let first = 0;
  for (const [index, time] of sent.entries()) {
    const before = sent[index - requests];
    if (before !== undefined) longest = Math.max(longest, time - before);
    while ((sent[first] ?? time) <= time - windowMs) first += 1;
    mostInWindow = Math.max(mostInWindow, index - first + 1);
  }
  return { mostInWindow, used: longest === 0 ? 0 : windowMs / longest };
}

async function messagesOf(source: Source) {
  for await (const event of source.collections()) {
    if (event.type !== 'collection-found' || event.collection.role !== 'inbox') continue;
    const events = await Array.fromAsync(source.changes(event.collection));
    return events.filter((change) => change.type === 'item-changed').map(({ item }) => item);
  }
  throw new RangeError('no inbox');
}
