// The worker of the engine is a file of its own beside the bundle: that it is found there shows only in the build.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { subscribe } from 'node:diagnostics_channel';
import { createRepository } from '@holdfast/core';
import { generateKey } from '@holdfast/crypto';
import { memoryDestination } from '@holdfast/destinations/memory';
import { memoryMailbox } from '@holdfast/testkit';

let started = 0;
subscribe('worker_threads', () => {
  started += 1;
});
const warnings = [];
const ignore = () => {};
const logger = { debug: ignore, info: ignore, warn: (message) => warnings.push(message), error: ignore };

const mailbox = memoryMailbox({ pageSize: 10 });
mailbox.addCollection('inbox');
for (let i = 0; i < 80; i += 1) {
  const parts = { 'attachment/1.bin': randomBytes(1_000_000) };
  mailbox.put('inbox', { id: `${i}`, subject: `${i}`, created: i, parts, volatile: {} });
}
const repository = await createRepository({
  destination: memoryDestination(),
  key: generateKey(),
  logger,
  budget: { workers: 2 },
});
const { result } = await repository.backup(mailbox);
assert.equal(result, 'complete');
assert.equal(started, 2, 'worker threads started');
assert.deepEqual(warnings, []);
assert.equal((await repository.check({ level: 'decryption' })).result, 'sound');
await repository.close();
console.log('worker threads of the build: 2');
