import { RepositoryError } from '@holdfast/contracts';
import { createRepository, openRepository } from '@holdfast/core';
import { password } from '@holdfast/crypto';
import { memoryDestination } from '@holdfast/destinations/memory';
import { describe, expect, it } from 'vitest';
import { createHarness, sampleItem } from '../support/harness.ts';

// Plain JavaScript, JSON and command lines are not held to types.
const untyped = (value: unknown): never => value as never;

describe('a closed repository', () => {
  it('says so on every call, and closes twice without harm', async () => {
    const { repository, mailbox } = await createHarness();
    await repository.close();
    await repository.close();
    const latest = { snapshot: 'latest' };
    const plan = untyped({});
    const calls = [
      () => repository.backup(mailbox),
      () => repository.snapshots().next(),
      () => repository.coverage(latest),
      () => repository.collections(latest).next(),
      () => repository.browse({ ...latest, collection: 'inbox' }),
      () => repository.item({ ...latest, collection: 'inbox', item: 'a' }),
      () => repository.diff({ from: 'latest', to: 'latest' }).next(),
      () => repository.planRestore(latest),
      () => repository.restore(plan, mailbox),
      () => repository.check(),
    ];
    for (const call of calls) {
      await expect(call()).rejects.toThrow(
        new TypeError('This repository is closed. Open it again, with a destination of its own.'),
      );
    }
  });

  it('is closed at the end of its block', async () => {
    let kept;
    {
      await using repository = await createRepository({ destination: memoryDestination(), key: 'none' });
      kept = repository;
    }
    await expect(kept.check()).rejects.toThrow('closed');
  });
});

describe('a wrong argument', () => {
  const destination = (): ReturnType<typeof memoryDestination> => memoryDestination();

  it('is a TypeError that says what is wanted, and never shows a password', async () => {
    for (const key of ['hunter2', undefined, null, {}, { type: 'password' }]) {
      const failure = await createRepository({ destination: destination(), key: untyped(key) }).catch(
        (error: unknown) => error,
      );
      expect(failure).toBeInstanceOf(TypeError);
      expect(String(failure)).toContain('password(');
      expect(String(failure)).not.toContain('hunter2');
    }
    await expect(openRepository({ destination: destination(), key: untyped('hunter2') })).rejects.toThrow('password(');
    await expect(createRepository({ destination: untyped(undefined), key: password('x') })).rejects.toThrow(
      'localDestination',
    );
    const { repository } = await createHarness();
    await expect(repository.backup(untyped('ada@example.org'))).rejects.toThrow('mailbox');
  });

  it('is a RangeError where a word is not one of those known, whatever lies in the repository', async () => {
    const { repository, mailbox } = await createHarness();
    mailbox.addCollection('inbox');
    mailbox.put('inbox', sampleItem('a'));
    await repository.backup(mailbox);
    const where = { snapshot: 'latest', collection: 'inbox' };
    await expect(repository.check({ level: untyped('full') })).rejects.toThrow(RangeError);
    await expect(repository.check({ level: untyped('Decryption') })).rejects.toThrow(
      'listing, index, ciphertext, decryption',
    );
    await expect(repository.browse({ ...where, sortBy: untyped('foo') })).rejects.toThrow(RangeError);
    await expect(repository.browse({ ...where, order: untyped('asc') })).rejects.toThrow(RangeError);
  });
});

describe('a snapshot that is not there', () => {
  it('is told apart: none at all, none of that name, more than one', async () => {
    const { repository, mailbox } = await createHarness();
    const codeOf = async (snapshot: string): Promise<unknown> =>
      repository.planRestore({ snapshot }).then(
        ({ items }) => items,
        (error: unknown) => RepositoryError.is(error) && error.code,
      );
    expect(await codeOf('latest')).toBe('ERR_NO_SNAPSHOT');
    mailbox.addCollection('inbox');
    const { snapshot } = await repository.backup(mailbox);
    expect(await codeOf('0000000000')).toBe('ERR_SNAPSHOT_NOT_FOUND');
    expect(await codeOf(snapshot.id.slice(0, 3))).toBe('ERR_SNAPSHOT_NOT_FOUND');
    expect(await codeOf(snapshot.id.slice(0, 8))).toBe(0);
  });
});

describe('the size of an item', () => {
  it('is that of its parts where the source does not tell it', async () => {
    const { repository, mailbox } = await createHarness();
    mailbox.addCollection('inbox');
    mailbox.put('inbox', sampleItem('a', { size: 321 }));
    const source = {
      ...mailbox,
      async *changes(...args: Parameters<typeof mailbox.changes>) {
        for await (const event of mailbox.changes(...args)) {
          if (event.type !== 'item-changed') yield event;
          else yield { ...event, item: { ...event.item, summary: { ...event.item.summary, size: undefined } } };
        }
      },
    };
    await repository.backup(source);
    const sizes = async (): Promise<unknown> =>
      (await repository.browse({ snapshot: 'latest', collection: 'inbox' })).items.map(({ summary }) => summary.size);
    expect(await sizes()).toEqual([321]);
    mailbox.touch('a', { isRead: true });
    expect((await repository.backup(source)).snapshot.statistics).toMatchObject({ changed: 1, bytesRead: 0 });
    expect(await sizes()).toEqual([321]);
  });
});
