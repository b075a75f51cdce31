import { Buffer } from 'node:buffer';
import { seededRandomness } from '@holdfast/testkit';
import { expect, it } from 'vitest';
import { namesOf } from '../support/damage.ts';
import { contentsOf, createHarness, sampleItem, truthOf } from '../support/harness.ts';

const SIZE = 300_000;
/** Bytes that do not compress. */
const attachment = seededRandomness(9).bytes(SIZE);

function message(number: number): Uint8Array {
  const line = Buffer.from(attachment).toString('base64');
  const lines = number % 2 === 0 ? line : line.replaceAll(/.{76}/g, '$&\r\n');
  const head = `Subject: ${number}\r\nMessage-ID: <${number}@example.org>\r\n\r\n--b\r\n\r\n`;
  return new TextEncoder().encode(`${head}${lines}\r\n--b--\r\n`);
}

it('stores an attachment once that a hundred messages have, in lines or in one, also as a part of its own', async () => {
  const { mailbox, repository } = await createHarness();
  mailbox.addCollection('inbox');
  for (let i = 0; i < 100; i += 1) {
    mailbox.put('inbox', {
      id: `item-${i}`,
      subject: `${i}`,
      created: i,
      parts: { 'message.eml': message(i), 'attachment/1.bin': attachment },
      volatile: {},
    });
  }
  const report = await repository.backup(mailbox);
  expect(report.snapshot.statistics.bytesRead).toBeGreaterThan(200 * SIZE);
  expect(report.bytesWritten).toBeLessThan(1.25 * SIZE);
  expect(await contentsOf(repository)).toEqual(truthOf(mailbox));
});

it('stores no small piece again that a full reads again, in whatever order', async () => {
  const { mailbox, repository, objects } = await createHarness();
  mailbox.addCollection('inbox');
  for (let i = 0; i < 60; i += 1) mailbox.put('inbox', sampleItem(`item-${i}`));
  await repository.backup(mailbox);
  const packs = (): number => [...objects.keys()].filter((name) => name.startsWith('data/')).length;
  const before = packs();
  const reads = mailbox.counts.reads;
  await repository.backup(mailbox, { capture: { mode: 'full' }, concurrency: 1 });
  expect(mailbox.counts.reads - reads).toBe(60);
  // One pack of trees, because cursors are new.
  expect(packs() - before).toBe(1);
  expect(await contentsOf(repository)).toEqual(truthOf(mailbox));
});

it('compresses what texts of a usual length have in common, although no two of them are equal', async () => {
  const { mailbox, repository } = await createHarness();
  mailbox.addCollection('inbox');
  const footer = Buffer.from(attachment.subarray(0, 6000)).toString('base64').replaceAll(/.{75}/g, '$&\r\n');
  for (let i = 0; i < 60; i += 1) {
    const bytes = new TextEncoder().encode(`Subject: ${i}\r\n\r\nNumber ${i}\r\n${footer}`);
    mailbox.put('inbox', {
      id: `item-${i}`,
      subject: `${i}`,
      created: i,
      parts: { 'message.eml': bytes },
      volatile: {},
    });
  }
  const { bytesWritten } = await repository.backup(mailbox);
  expect(bytesWritten).toBeLessThan((60 * 6000) / 4);
});

it('stores small pieces again whose groups the index does not know any more', async () => {
  const { mailbox, repository, objects, reopen } = await createHarness();
  mailbox.addCollection('inbox');
  for (let i = 0; i < 20; i += 1) mailbox.put('inbox', sampleItem(`item-${i}`));
  await repository.backup(mailbox);
  for (const name of namesOf(objects, 'index/')) objects.delete(name);
  const again = await reopen();
  await again.backup(mailbox, { capture: { mode: 'full' } });
  expect(await contentsOf(again)).toEqual(truthOf(mailbox));
});
