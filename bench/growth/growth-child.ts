/** Backs up a source of so many small items as a process: `node bench/growth/growth-child.ts <items> <repository>`. */
import { existsSync } from 'node:fs';
import process from 'node:process';
import { createRepository, openRepository } from '@holdfast/core';
import { generatedKey } from '@holdfast/crypto';
import { localDestination } from '@holdfast/destinations/local';
import { growthSource } from './growth-source.ts';

const [items = '', path = '', memory] = process.argv.slice(2);
/** Nobody needs to keep it secret: the repository is deleted at once. */
const key = generatedKey('0'.repeat(44));
const budget = memory === undefined ? {} : { memory: Number(memory) };
const environment = { destination: localDestination({ path }), key, budget };
const repository = await (existsSync(path) ? openRepository(environment) : createRepository(environment));
const { result } = await repository.backup(growthSource(Number(items)));
await repository.close();
if (result !== 'complete') throw new Error(`the backup is ${result}`);
