// What a user does first, done with the published form of the packages: a mailbox is backed up into a folder, restored
// into another mailbox, and the repository is opened again and checked. Started by main.js.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { CryptoError } from '@holdfast/contracts';
import { createRepository, openRepository } from '@holdfast/core';
import { generateKey, password } from '@holdfast/crypto';
import { localDestination } from '@holdfast/destinations/local';
import { memoryDestination } from '@holdfast/destinations/memory';
import { exchangeOnline } from '@holdfast/exchange-source';
import { filesSource, filesTarget } from '@holdfast/files';
import { startExchange } from '@holdfast/simulators/exchange';
import { validateDestination } from '@holdfast/testkit';

const ADA = 'ada@example.org';
const EVE = 'eve@example.org';

const path = await mkdtemp(join(tmpdir(), 'holdfast-consumer-'));
try {
  const exchange = await startExchange({ mailboxes: { [ADA]: { messages: 12 }, [EVE]: {} } });
  const { tenant, credentials, fetch } = exchange;
  const online = exchangeOnline({ tenant, credentials, fetch });
  const key = generateKey();
  {
    const repository = await createRepository({ destination: localDestination({ path }), key });
    const report = await repository.backup(await online.mailbox(ADA));
    assert.equal(report.result, 'complete');
    assert.equal(report.snapshot.statistics.items, 12);
    await repository.close();
  }

  const repository = await openRepository({ destination: localDestination({ path }), key });
  const plan = await repository.planRestore({ snapshot: 'latest' });
  const restored = await repository.restore(plan, await online.mailbox(EVE));
  assert.equal(restored.restored, 12);
  assert.equal((await exchange.control.messages(EVE)).length, 12);
  assert.deepEqual((await repository.check({ level: 'decryption' })).problems, []);

  const wrong = openRepository({ destination: localDestination({ path }), key: password('not this one') });
  await assert.rejects(wrong, (error) => CryptoError.is(error, 'ERR_KEY_WRONG'));

  const exported = join(path, '..', `${basename(path)}-exported`);
  try {
    assert.equal((await repository.restore(plan, filesTarget({ path: exported }))).restored, 12);
    assert.equal((await repository.backup(filesSource({ path: exported }))).result, 'complete');
  } finally {
    await rm(exported, { recursive: true, force: true });
  }
  await repository.close();
  await exchange.close();
} finally {
  await rm(path, { recursive: true, force: true });
}

const verdict = await validateDestination(memoryDestination(), { manyObjects: 50 });
assert.deepEqual(
  verdict.results.filter(({ outcome }) => outcome === 'failed'),
  [],
);
