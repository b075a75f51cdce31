// Writes objects for ever, eight at a time, and prints the name of each when its put has resolved. Started, and killed,
// by crash.test.ts. An object begins with the SHA-256 of the rest.
import { createHash } from 'node:crypto';
import { argv, stdout } from 'node:process';

import { seededRandomness } from '@holdfast/testkit';

import { localDestination } from '../../src/local/index.ts';

const [, , path = '', round = '0'] = argv;
const destination = localDestination({ path });
const randomness = seededRandomness(Number(round));
let count = 0;

async function write(): Promise<never> {
  while (true) {
    const name = `data/${round}/${(count += 1)}`;
    const rest = randomness.bytes(randomness.integer(1000, 1_000_000));
    const bytes = Buffer.concat([createHash('sha256').update(rest).digest(), rest]);
    await destination.put(name, bytes, { ifAbsent: count % 2 === 0 });
    stdout.write(`${name}\n`);
  }
}

await Promise.all(Array.from({ length: 8 }, write));
