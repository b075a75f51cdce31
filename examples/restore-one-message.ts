/**
 * Finds one message in a snapshot by its subject and puts it back into the mailbox it was deleted from.
 *
 * Runs offline against the simulated Exchange Online: `npm run example restore-one-message`.
 */
import assert from 'node:assert';
import { createRepository } from '@holdfast/core';
import { generateKey } from '@holdfast/crypto';
import { memoryDestination } from '@holdfast/destinations/memory';
import { exchangeOnline } from '@holdfast/exchange-source';
import { startExchange } from '@holdfast/simulators/exchange';

const ADA = 'ada@example.org';
const LOST =
  'Subject: The lease\r\nFrom: Eve <eve@example.org>\r\nTo: Ada <ada@example.org>\r\n\r\nSigned, attached.\r\n';

const exchange = await startExchange({ mailboxes: { [ADA]: { messages: 30 } } });
const { tenant, credentials, fetch, control } = exchange;
const mailbox = await exchangeOnline({ tenant, credentials, fetch }).mailbox(ADA);
const lostId = await control.addMessage(ADA, 'inbox', new TextEncoder().encode(LOST));

const repository = await createRepository({ destination: memoryDestination(), key: generateKey() });
await repository.backup(mailbox);
control.deleteMessage(ADA, lostId);

// Look for it in every folder of the snapshot.
const found: { collection: string; item: string }[] = [];
for await (const { id: collection } of repository.collections({ snapshot: 'latest' })) {
  const page = await repository.browse({ snapshot: 'latest', collection, filter: { subject: 'the lease' } });
  for (const { id: item } of page.items) found.push({ collection, item });
}

const plan = await repository.planRestore({ snapshot: 'latest', items: found });
console.log(`restoring ${plan.items} item into ${plan.collections[0]?.path.map(({ name }) => name).join('/')}`);
const report = await repository.restore(plan, mailbox);

const back = (await control.messages(ADA)).filter(({ content }) => content.subject === 'The lease');
assert.equal(report.result, 'complete');
assert.equal(back.length, 1);
console.log(`back in ${back[0]?.folder.join('/')}: ${back[0]?.content.subject}`);
await repository.close();
await exchange.close();
