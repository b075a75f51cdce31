import { describe, expect, it } from 'vitest';

import { startExchange } from '../../src/exchange/index.ts';
import { createMailboxLimits } from '../../src/exchange/server/mailbox-limits.ts';
import { graphClient } from '../support/graph-client.ts';
import { virtualClock } from '@holdfast/testkit';

const ADA = 'ada@example.org';
const MEGABYTE = 1024 * 1024;

describe('the limits of a mailbox', () => {
  it('lets four requests in at a time', () => {
    const limits = createMailboxLimits(() => 0);
    const leave = [1, 2, 3, 4].map(() => limits.enter());
    expect(() => limits.enter()).toThrow('MailboxConcurrency');
    leave[0]?.();
    expect(limits.inFlight).toBe(3);
    expect(() => limits.enter()).not.toThrow();
  });

  it('lets 10,000 requests in within ten minutes, and says exactly when the next may come', () => {
    let now = 0;
    const limits = createMailboxLimits(() => now);
    for (let index = 0; index < 10_000; index++) {
      now = index;
      limits.enter()();
    }
    now = 500_000.5;
    expect(() => limits.enter()).toThrow(
      expect.objectContaining({ status: 429, headers: { 'retry-after': '100' } }) as Error,
    );
    now = 600_001;
    expect(() => limits.enter()).not.toThrow();
  });

  it('counts requests that it refuses', () => {
    let now = 0;
    const limits = createMailboxLimits(() => now);
    for (let index = 0; index < 10_000; index++) limits.enter()();
    now = 300_000;
    expect(() => limits.enter()).toThrow();
    now = 600_000;
    for (let index = 0; index < 9999; index++) limits.enter()();
    expect(() => limits.enter()).toThrow();
  });

  it('takes 150 MB within five minutes', () => {
    let now = 0;
    const limits = createMailboxLimits(() => now);
    for (let index = 0; index < 50; index++) limits.upload(3 * MEGABYTE);
    now = 100_000;
    expect(() => limits.upload(1)).toThrow(expect.objectContaining({ headers: { 'retry-after': '200' } }) as Error);
    now = 300_000;
    expect(() => limits.upload(MEGABYTE)).not.toThrow();
  });

  it('answers the fifth request at a time with 429, and keeps mailboxes apart', async () => {
    const clock = virtualClock();
    const mailboxes = { [ADA]: {}, 'eve@example.org': {} };
    await using exchange = await startExchange({ mailboxes, clock, latencyMs: 100 });
    const graph = await graphClient(exchange);
    const four = [1, 2, 3, 4].map(() => graph(`/users/${ADA}/mailFolders/inbox`));
    while (exchange.requests.maxInFlight[ADA] !== 4) await new Promise((resolve) => setTimeout(resolve, 1));
    const fifth = await graph(`/users/${ADA}/mailFolders/inbox`);
    expect(fifth.status).toBe(429);
    expect(fifth.json.error).toMatchObject({
      code: 'ApplicationThrottled',
      message: 'Application is over its MailboxConcurrency limit.',
    });
    expect(Number(fifth.headers.get('retry-after'))).toBeGreaterThan(0);
    const other = graph('/users/eve@example.org/mailFolders/inbox');
    while (exchange.requests.maxInFlight['eve@example.org'] !== 1)
      await new Promise((resolve) => setTimeout(resolve, 1));
    await clock.advance(100);
    expect((await Promise.all([...four, other])).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(exchange.requests.throttled).toBe(1);
    expect(exchange.requests.overLimit).toEqual({ [ADA]: 1 });
    expect(exchange.requests.faults.throttled).toBe(0);
    exchange.requests.reset();
    expect(exchange.requests.overLimit).toEqual({});
  });
});
