import { createRepository } from '@holdfast/core';
import { memoryDestination } from '@holdfast/destinations/memory';
import { exchangeOnline } from '@holdfast/exchange-source';
import { exchangeFetch, startExchange } from '@holdfast/simulators/exchange';
import { randomProxyFaults, seededRandomness, startTcpProxy } from '@holdfast/testkit';
import { expect, it } from 'vitest';
import { differencesFromMailbox } from './differences.ts';
import { fastClock } from './fast-clock.ts';
import { letter } from './letters.ts';
import { ADA, EVE } from './world.ts';

const MESSAGES = 40;

it.each([1, 2, 3])(
  'a backup and a restore come through a network that cuts, delays and loses acknowledgements (seed %i)',
  async (seed) => {
    await using exchange = await startExchange({ mailboxes: { [ADA]: {}, [EVE]: {} }, latencyMs: 1 });
    const { control, tenant, credentials } = exchange;
    for (let number = 0; number < MESSAGES; number += 1) {
      const name = `${number}.bin`;
      const bytes = seededRandomness(number).bytes(5000);
      const file = { kind: 'file', name, contentType: 'a/b', isInline: false, contentId: undefined, bytes } as const;
      const change = number % 5 === 0 ? { mime: undefined, attachments: [file, { ...file, name: `b ${name}` }] } : {};
      await control.addMessage(ADA, ['inbox', 'Projects/Bridge'][number % 2] ?? '', letter(number, change));
    }
    await using proxy = await startTcpProxy({ target: exchange.url });
    const rates = { lostAnswer: 0.1, cutRequest: 0.08, cutAnswer: 0.1, delayed: 0.1, delayMs: 20 };
    proxy.faults.request = randomProxyFaults(seededRandomness(seed), rates);
    const fetch = exchangeFetch(proxy.url);
    const online = exchangeOnline({ tenant, credentials, fetch, clock: fastClock(200) });
    const repository = await createRepository({ destination: memoryDestination(), key: 'none' });

    const { result } = await repository.backup(await online.mailbox(ADA));
    expect(result).toBe('complete');
    const messages = await control.messages(ADA);
    expect(await differencesFromMailbox(repository, 'latest', messages)).toEqual([]);

    const plan = await repository.planRestore({ snapshot: 'latest' });
    const report = await repository.restore(plan, await online.mailbox(EVE));
    expect(report).toMatchObject({ result: 'complete', restored: MESSAGES, failures: [], omissions: [] });
    const told = (all: typeof messages): string[] =>
      all
        .map(({ folder, content: { subject, attachments } }) =>
          JSON.stringify([folder, subject, attachments.map(({ name }) => name)]),
        )
        .toSorted();
    expect(told(await control.messages(EVE))).toEqual(told(messages));
    expect(online.requests.repeated).toBeGreaterThan(8);
    await repository.close();
  },
  60_000,
);
