import { expect, it } from 'vitest';
import { resolveCompression } from '../../src/repository/compression.ts';
import { contentsOf, createHarness, truthOf } from '../support/harness.ts';

it('is at level 3 unless it is said otherwise', () => {
  expect(resolveCompression()).toEqual({ level: 3 });
});

it.each([0, 20, 1.5, Number.NaN, '3' as never])('refuses a level of %s with what is allowed', (level) => {
  expect(() => resolveCompression({ level })).toThrow(/compression\.level must be an integer from 1 to 19, got/);
});

it('is chosen for an open repository, and nothing that reads it needs to know', async () => {
  const bytes = new TextEncoder().encode(Array.from({ length: 20_000 }, (_, i) => `${i * 7919} `).join(''));
  const written: number[] = [];
  for (const level of [1, 19]) {
    const { mailbox, repository, reopen } = await createHarness({ compression: { level } });
    mailbox.addCollection('inbox');
    mailbox.put('inbox', { id: 'one', subject: 'one', created: 1, parts: { 'properties.json': bytes }, volatile: {} });
    written.push((await repository.backup(mailbox)).bytesWritten);
    expect(await contentsOf(await reopen())).toEqual(truthOf(mailbox));
  }
  expect(written[1]).toBeLessThan(0.9 * (written[0] ?? 0));
});
