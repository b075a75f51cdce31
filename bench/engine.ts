/**
 * The engine against the bare pipeline of the same primitives (keyed hash, Zstandard 3, AES-256-GCM, SHA-256 of packs),
 * in memory, alternating in one run: `pnpm bench [items] [rounds]`. Figures of one machine mean little, their ratio means
 * much: docs/performance.md says how to read them.
 */
import { createCipheriv, createHmac, createSecretKey, hash } from 'node:crypto';
import process from 'node:process';
import { constants, zstdCompressSync } from 'node:zlib';
import { createRepository } from '@holdfast/core';
import { generateKey } from '@holdfast/crypto';
import { memoryDestination } from '@holdfast/destinations/memory';
import { memoryMailbox, seededRandomness } from '@holdfast/testkit';
import type { MemoryMailbox } from '@holdfast/testkit';

const SEED = 7;
const [items = 5000, rounds = 5] = process.argv.slice(2).map(Number);

const WORDS =
  'the of and to in is that for it was on are as with his they at be this from have or by one had not but what all'.split(
    ' ',
  );

/** Mail-like items: a header, words, and in every third one an attachment in base64; 37 KB on average. */
function fill(): MemoryMailbox {
  const dice = seededRandomness(SEED);
  const mailbox = memoryMailbox({ pageSize: 200 });
  mailbox.addCollection('inbox');
  for (let i = 0; i < items; i += 1) {
    const lines = Array.from({ length: dice.integer(20, 120) }, () =>
      Array.from({ length: 12 }, () => dice.pick(WORDS)).join(' '),
    );
    const attachment = i % 3 === 0 ? Buffer.from(dice.bytes(dice.integer(20_000, 120_000))).toString('base64') : '';
    const eml = `Subject: ${i}\r\nFrom: a@example.org\r\n\r\n${lines.join('\r\n')}\r\n${attachment.replaceAll(/.{76}/g, '$&\r\n')}`;
    mailbox.put('inbox', {
      id: `item-${i}`,
      subject: `Message ${i}`,
      created: i,
      parts: { 'message.eml': new TextEncoder().encode(eml) },
      volatile: { isRead: false },
    });
  }
  return mailbox;
}

/** What has to be done at the very least: every byte hashed, compressed, encrypted, and hashed again in packs. */
function barePipeline(mailbox: MemoryMailbox): number {
  const key = createSecretKey(new Uint8Array(32));
  let stored = 0;
  let pack: Buffer[] = [];
  let packSize = 0;
  let nonce = 0;
  const close = (): void => {
    hash('sha256', Buffer.concat(pack));
    pack = [];
    packSize = 0;
  };
  for (const { parts } of mailbox.contents().get('inbox') ?? []) {
    for (const bytes of Object.values(parts)) {
      createHmac('sha256', key).update(bytes).digest();
      const packed = zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 3 } });
      const iv = new Uint8Array(12);
      new DataView(iv.buffer).setUint32(8, (nonce += 1));
      const cipher = createCipheriv('aes-256-gcm', key, iv);
      const sealed = Buffer.concat([cipher.update(packed), cipher.final(), cipher.getAuthTag()]);
      pack.push(sealed);
      packSize += sealed.length;
      stored += sealed.length;
      if (packSize >= 16 * 1024 * 1024) close();
    }
  }
  close();
  return stored;
}

async function seconds(work: () => unknown): Promise<number> {
  const begin = performance.now();
  await work();
  return (performance.now() - begin) / 1000;
}

const mailbox = fill();
const bytes = [...mailbox.contents().values()]
  .flat()
  .reduce((sum, { parts }) => sum + (parts['message.eml']?.length ?? 0), 0);
const times: Record<'bare pipeline' | 'first backup' | 'unchanged' | 'restore' | 'check, reading', number[]> = {
  'bare pipeline': [],
  'first backup': [],
  unchanged: [],
  restore: [],
  'check, reading': [],
};
let bareStored = 0;
let stored = 0;
for (let round = 0; round < rounds; round += 1) {
  times['bare pipeline'].push(await seconds(() => (bareStored = barePipeline(mailbox))));
  const repository = await createRepository({ destination: memoryDestination(), key: generateKey() });
  times['first backup'].push(await seconds(() => repository.backup(mailbox)));
  times.unchanged.push(await seconds(() => repository.backup(mailbox)));
  const plan = await repository.planRestore({ snapshot: 'latest' });
  times.restore.push(await seconds(() => repository.restore(plan, memoryMailbox({ id: 'memory:target' }))));
  times['check, reading'].push(
    await seconds(async () => (stored = (await repository.check({ level: 'decryption' })).bytes)),
  );
  await repository.close();
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
console.log(
  `${items} items, ${(bytes / 1e6).toFixed(0)} MB, seed ${SEED}, ${rounds} rounds; seconds: median (least to most)`,
);
for (const [name, values] of Object.entries(times)) {
  const ratio = (median(values) / median(times['bare pipeline'])).toFixed(2);
  const range = `${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)}`;
  console.log(`${name.padEnd(16)}${median(values).toFixed(2).padStart(7)} (${range})  ${ratio} of the bare pipeline`);
}
console.log(`stored: ${(stored / 1e6).toFixed(1)} MB, ${(stored / bareStored).toFixed(3)} of the bare pipeline`);
console.log(
  `peak memory of the process: ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB, the mailbox included`,
);
