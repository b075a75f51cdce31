import { expect, it } from 'vitest';
import { letter } from './letters.ts';
import { requestsPerMessage } from './requests-per-message.ts';
import { ADA, startWorld } from './world.ts';

it('makes at most 1.05 requests per new message on the first backup of a folder of 2,000', async () => {
  const { messages, items, requests, perMessage, kinds } = await requestsPerMessage();
  console.log(`${requests} requests for ${messages} messages: ${perMessage.toFixed(4)} each (${kinds})`);
  expect(items).toBe(2000);
  expect(perMessage).toBeGreaterThanOrEqual(1);
  expect(perMessage).toBeLessThanOrEqual(1.05);
});

it('keeps within four requests at once', async () => {
  await using world = await startWorld({ latencyMs: 1 });
  const { control, exchange, repository, ada } = world;
  for (let i = 0; i < 60; i += 1) await control.addMessage(ADA, `Folder ${i % 6}`, letter(i));
  await repository.backup(ada, { concurrency: 16 });
  expect(exchange.requests.maxInFlight[ADA]).toBe(4);
  expect(exchange.requests.throttled).toBe(0);
});
