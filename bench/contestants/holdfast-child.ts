/**
 * Holdfast as a process, through its public interface:
 *
 *   node program.js create|backup|restore|item|check '{"repository": "…", …}'
 *
 * Its last line of output is a {@link HoldfastAnswer}.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import process from 'node:process';
import { createRepository, openRepository } from '@holdfast/core';
import type { PlanRestoreOptions } from '@holdfast/core';
import { generateKey, generatedKey } from '@holdfast/crypto';
import { localDestination } from '@holdfast/destinations/local';
import { filesSource, filesTarget } from '@holdfast/files';
import { countRequests } from './count-requests.ts';
import type { HoldfastAnswer, HoldfastTask } from './holdfast.ts';

const [verb = '', text = '{}'] = process.argv.slice(2);
const { source, repository: path, aside, target, item, memory } = JSON.parse(text) as HoldfastTask;
const keyFile = join(aside, 'key');
if (!existsSync(keyFile)) writeFileSync(keyFile, generateKey().secret.reveal());
const key = generatedKey(readFileSync(keyFile, 'utf8'));
const { destination, count } = countRequests(localDestination({ path }));
const environment = { destination, key, budget: { memory } };

const repository = await (verb === 'create' ? createRepository(environment) : openRepository(environment));
switch (verb) {
  case 'create':
    break;
  case 'backup': {
    const { result } = await repository.backup(filesSource({ path: source }));
    if (result !== 'complete') throw new Error(`the backup is ${result}`);
    break;
  }
  case 'restore':
  case 'item': {
    const plan = await repository.planRestore({ snapshot: 'latest', ...(verb === 'item' ? choice() : {}) });
    const { result } = await repository.restore(plan, filesTarget({ path: target }), { lines: 'exceptions' });
    if (result !== 'complete') throw new Error(`the restore is ${result}`);
    break;
  }
  case 'check': {
    const { result } = await repository.check({ level: 'decryption' });
    if (result !== 'sound') throw new Error(`the repository is ${result}`);
    break;
  }
  default:
    throw new RangeError(`there is no verb ${verb}`);
}
await repository.close();
console.log(JSON.stringify(count() satisfies HoldfastAnswer));

/** The item by its path, as a person who knows it would ask for it. */
function choice(): Pick<PlanRestoreOptions, 'items'> {
  const collection = posix.dirname(item);
  return { items: [{ collection, item }] };
}
