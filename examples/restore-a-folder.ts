/**
 * Restores a folder with everything below it into another folder, after showing what would be done; then runs the same plan
 * again, which creates nothing.
 *
 * Runs offline against the simulated Exchange Online: `npm run example restore-a-folder`.
 */
import assert from 'node:assert';
import { createRepository, restoreText } from '@holdfast/core';
import { generateKey } from '@holdfast/crypto';
import { memoryDestination } from '@holdfast/destinations/memory';
import { exchangeOnline } from '@holdfast/exchange-source';
import { startExchange } from '@holdfast/simulators/exchange';

const ADA = 'ada@example.org';
const letter = (subject: string): Uint8Array =>
  new TextEncoder().encode(
    `Subject: ${subject}\r\nMessage-ID: <${subject}@example.org>\r\nFrom: Eve <eve@example.org>\r\n\r\nHello.\r\n`,
  );

const exchange = await startExchange({ mailboxes: { [ADA]: {} } });
const { tenant, credentials, fetch, control } = exchange;
const mailbox = await exchangeOnline({ tenant, credentials, fetch }).mailbox(ADA);
for (const subject of ['plan', 'drawing', 'invoice']) await control.addMessage(ADA, 'Projects/Bridge', letter(subject));
await control.addMessage(ADA, 'Projects', letter('overview'));

const repository = await createRepository({ destination: memoryDestination(), key: generateKey() });
await repository.backup(mailbox);

const folders = await Array.fromAsync(repository.collections({ snapshot: 'latest' }));
const projects = folders.find(({ name }) => name === 'Projects');
assert(projects !== undefined);

const plan = await repository.planRestore({
  snapshot: 'latest',
  collections: [projects.id],
  recursive: true,
  into: ['Restored'],
});
console.log(restoreText(plan, await repository.previewRestore(plan, mailbox)));

const first = await repository.restore(plan, mailbox);
const second = await repository.restore(plan, mailbox);
console.log(
  `first run: ${first.restored} restored; second run: ${second.restored} restored, ${second.skipped} there already`,
);

assert.equal(first.restored, 4);
assert.equal(second.restored, 0);
const restored = (await control.messages(ADA)).filter(({ folder }) => folder[0] === 'Restored');
assert.deepEqual(restored.map(({ folder }) => folder.join('/')).toSorted(), [
  'Restored/Projects',
  'Restored/Projects/Bridge',
  'Restored/Projects/Bridge',
  'Restored/Projects/Bridge',
]);
await repository.close();
await exchange.close();
