/**
 * Backs up one mailbox into an encrypted repository in a local folder, twice, and says what each run did. The folder,
 * backups/ada, stays: run the program again, and it opens the repository that it created the first time.
 *
 * Runs offline against the simulated Exchange Online: `npm run example first-backup`. With a real tenant, leave out
 * `fetch` and give your own tenant and credentials.
 */
import { RepositoryError } from '@holdfast/contracts';
import { createRepository, openRepository } from '@holdfast/core';
import type { Repository } from '@holdfast/core';
import { password } from '@holdfast/crypto';
import { localDestination } from '@holdfast/destinations/local';
import { exchangeOnline } from '@holdfast/exchange-source';
import { startExchange } from '@holdfast/simulators/exchange';

const exchange = await startExchange({ mailboxes: { 'ada@example.org': { messages: 60 } } });
const { tenant, credentials, fetch } = exchange;
const mailbox = await exchangeOnline({ tenant, credentials, fetch }).mailbox('ada@example.org');

const repository = await openOrCreate('backups/ada', 'seven copper lanterns under the old bridge');

for (const run of ['first', 'second']) {
  const report = await repository.backup(mailbox, { signal: AbortSignal.timeout(60_000) });
  const { items, added, bytesRead } = report.snapshot.statistics;
  console.log(`${run} run: ${report.result}, ${items} items, ${added} of them new, ${bytesRead} bytes read`);
  for (const { name, state, cause } of report.coverage.collections) {
    if (state !== 'covered') console.log(`  ${name}: ${state} (${cause})`);
  }
  for (const { item, code } of report.coverage.failures) console.warn(`  ${item}: ${code}`);
}

for await (const { id, finished, statistics } of repository.snapshots()) {
  console.log(`${id} ${finished.toISOString()} ${statistics.items} items`);
}
await repository.close();
await exchange.close();

/** Opens the repository in a folder; where there is none yet, creates it. */
async function openOrCreate(path: string, secret: string): Promise<Repository> {
  const key = password(secret);
  try {
    return await openRepository({ destination: localDestination({ path }), key });
  } catch (error) {
    if (!RepositoryError.is(error, 'ERR_REPOSITORY_NOT_FOUND')) throw error;
    return await createRepository({ destination: localDestination({ path }), key });
  }
}
