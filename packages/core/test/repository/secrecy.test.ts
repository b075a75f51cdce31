import { DestinationError } from '@holdfast/contracts';
import { faultyDestination } from '@holdfast/testkit';
import type { DestinationFaults } from '@holdfast/testkit';
import { generateKey } from '@holdfast/crypto';
import { describe, expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';

const PLANTED = [
  'Zugangsdaten',
  'wellspring',
  'ada@example.org',
  'folder-of-secrets',
  'item-of-secrets',
  'tag-of-secrets',
];

describe('an encrypted repository', () => {
  it('lets nothing readable out: not into objects, not into names, not into log lines', async () => {
    const key = generateKey();
    const lines: string[] = [];
    const note = (message: string, fields?: object): void => void lines.push(`${message} ${JSON.stringify(fields)}`);
    const plan: DestinationFaults = {};
    const { mailbox, repository, objects, clock } = await createHarness({
      key,
      logger: { debug: note, info: note, warn: note, error: note },
      wrap: (inner) => faultyDestination(inner, { faults: plan }),
    });
    mailbox.addCollection('folder-of-secrets', { name: 'folder-of-secrets' });
    for (let i = 0; i < 30; i += 1) {
      mailbox.put('folder-of-secrets', {
        id: `item-of-secrets-${i}`,
        subject: `Zugangsdaten ${i}`,
        created: i,
        parts: { 'message.eml': new TextEncoder().encode(`From: ada@example.org\n\nthe wellspring ${i}`) },
        volatile: { categories: ['wellspring'] },
      });
    }
    let puts = 0;
    plan.put = ({ name }) =>
      (puts += 1) === 2 ? { error: new DestinationError('ERR_UNAVAILABLE', { name }) } : undefined;
    mailbox.failReads('item-of-secrets-3', 'ERR_ITEM_UNREADABLE');
    await clock.runUntil(repository.backup(mailbox, { tags: ['tag-of-secrets'], checkpoint: { items: 7 } }));
    expect(lines.length, 'the failed put is logged').toBeGreaterThan(0);

    const haystack = [
      ...[...objects].map(([name, { bytes }]) => `${name} ${Buffer.from(bytes).toString('latin1')}`),
      ...lines,
    ];
    for (const needle of [...PLANTED, key.secret.reveal(), 'memory:mailbox']) {
      for (const form of [
        needle,
        Buffer.from(needle).toString('base64').slice(0, -4),
        Buffer.from(needle).toString('hex'),
      ]) {
        expect(
          haystack.findIndex((text) => text.includes(form)),
          form,
        ).toBe(-1);
      }
    }
    const item = await repository.item({
      snapshot: 'latest',
      collection: 'folder-of-secrets',
      item: 'item-of-secrets-1',
    });
    expect(new TextDecoder().decode(await item.readPart('message.eml'))).toContain('wellspring');
  });

  it('keeps sizes coarse: no object is of the exact size of what is in it', async () => {
    const { mailbox, repository, objects } = await createHarness({ key: generateKey() });
    mailbox.addCollection('inbox');
    await repository.backup(mailbox);
    for (const [name, { bytes }] of objects) {
      if (name === 'config' || name.startsWith('keys/')) continue;
      const e = Math.floor(Math.log2(bytes.length));
      const s = Math.floor(Math.log2(e)) + 1;
      expect(bytes.length % 2 ** (e - s), name).toBe(0);
    }
  });
});
