import { createRepository } from '@holdfast/core';
import { memoryDestination } from '@holdfast/destinations/memory';
import { exchangeOnline } from '@holdfast/exchange-source';
import { startExchange } from '@holdfast/simulators/exchange';
import type { AttachmentContent } from '@holdfast/simulators/exchange';
import { seededRandomness, virtualClock } from '@holdfast/testkit';
import { letter } from './letters.ts';
import { ADA, EVE } from './world.ts';

/** What Exchange Online allows one application to send to one mailbox, in the smaller of two readings of "MB". */
const ALLOWED = { bytes: 150_000_000, windowMs: 300_000 };
const FILE_BYTES = 12_000_000;

/** How a restore that wants to send more than is allowed gets on with the limit that the simulator enforces. */
export interface UploadRate {
  readonly bytes: number;
  /** Most bytes that were sent within any 5 minutes. */
  readonly mostInWindow: number;
  /** Share of what is allowed in that time that was sent until the last window began; 0 if there was but one. */
  readonly used: number;
  /** Requests that the simulator refused. */
  readonly refused: number;
  /** Messages that the target has in the end. */
  readonly restored: number;
}

/** Restores messages with large files over HTTP, in virtual time, as fast as the client lets itself. */
export async function uploadRate(messages: number): Promise<UploadRate> {
  const clock = virtualClock();
  const exchange = await startExchange({ mailboxes: { [ADA]: {}, [EVE]: {} }, clock, latencyMs: 20 });
  const { tenant, credentials, control } = exchange;
  const random = seededRandomness(3);
  for (let number = 0; number < messages; number += 1) {
    const bytes = random.bytes(FILE_BYTES);
    const common = { contentType: 'application/zip', isInline: false, contentId: undefined } as const;
    const attachments: AttachmentContent[] = [{ kind: 'file', name: `${number}.zip`, bytes, ...common }];
    await control.addMessage(ADA, 'inbox', letter(number, { mime: undefined, attachments }));
  }
  const sent: { readonly time: number; readonly bytes: number }[] = [];
  const fetch: typeof globalThis.fetch = (input, init) => {
    const bytes = init?.body instanceof Uint8Array ? init.body.length : 0;
    if (init?.method !== 'GET' && bytes > 0) sent.push({ time: clock.now(), bytes });
    return exchange.fetch(input, init);
  };
  try {
    const online = exchangeOnline({ tenant, credentials, fetch, clock });
    const repository = await createRepository({ destination: memoryDestination(), key: 'none', clock });
    await clock.runUntil(online.mailbox(ADA).then((ada) => repository.backup(ada)));
    const plan = await repository.planRestore({ snapshot: 'latest' });
    sent.length = 0;
    exchange.requests.reset();
    await clock.runUntil(online.mailbox(EVE).then((eve) => repository.restore(plan, eve)));
    await repository.close();
    const restored = (await control.messages(EVE, { mime: false })).length;
    return { ...share(sent), refused: exchange.requests.throttled, restored };
  } finally {
    await exchange.close();
  }
}

function share(
  sent: readonly { readonly time: number; readonly bytes: number }[],
): Omit<UploadRate, 'refused' | 'restored'> {
  const { bytes: allowed, windowMs } = ALLOWED;
  const start = sent[0]?.time ?? 0;
  let used = 0;
  let total = 0;
  let inWindow = 0;
  let mostInWindow = 0;
  let first = 0;
  for (const [index, { time, bytes }] of sent.entries()) {
    // Whoever waited for so long waited for the next window.
    const isNextWindow = time - (sent[index - 1]?.time ?? time) > windowMs / 10;
    if (isNextWindow) used = total / (allowed * ((time - start) / windowMs));
    total += bytes;
    inWindow += bytes;
    for (let oldest = sent[first]; oldest !== undefined && oldest.time <= time - windowMs; oldest = sent[first]) {
      inWindow -= oldest.bytes;
      first += 1;
    }
    mostInWindow = Math.max(mostInWindow, inWindow);
  }
  return { bytes: total, mostInWindow, used };
}
