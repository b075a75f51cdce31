import { memoryDestination } from '@holdfast/destinations/memory';
import type { MemoryObject } from '@holdfast/destinations/memory';
import { describe, expect, it } from 'vitest';

import { destinationChecks, testDestination } from '../../src/index.ts';
import type { TestRunner } from '../../src/index.ts';

const objects = new Map<string, MemoryObject>();
const open = () => memoryDestination({ objects });

/** Collects tests instead of running them, as any framework does first. */
function collecting(): TestRunner & { readonly groups: string[]; readonly tests: Map<string, () => Promise<void>> } {
  const groups: string[] = [];
  const tests = new Map<string, (...context: unknown[]) => Promise<void>>();
  return {
    groups,
    tests,
    describe(name, body) {
      groups.push(name);
      body();
    },
    it: (name, body) => tests.set(name, body),
  };
}

describe('testDestination', () => {
  testDestination({ describe, it }, open, { seed: 20_260_101 });

  it('leaves nothing behind', () => {
    expect([...objects.keys()]).toEqual([]);
  });

  it('defines a test for each check and names the seed', () => {
    const runner = collecting();
    testDestination(runner, open, { seed: 5 });
    expect(runner.groups).toEqual(['keeps the contract of a destination (seed 5)']);
    expect([...runner.tests.keys()]).toEqual(destinationChecks.map(({ name }) => name));
  });

  it('fails where the promise is broken', async () => {
    const runner = collecting();
    testDestination(runner, () => ({ ...open(), title: '' }));
    await expect(runner.tests.get('describes itself')?.()).rejects.toThrow('the title is empty');
  });

  it('closes what it opens, also after a failure', async () => {
    const runner = collecting();
    const closed: string[] = [];
    testDestination(runner, () => ({
      ...open(),
      title: '',
      [Symbol.asyncDispose]: async () => void closed.push('closed'),
    }));
    await runner.tests
      .get('describes itself')?.()
      .catch(() => {});
    expect(closed).toEqual(['closed']);
  });

  it('needs no framework that can skip', async () => {
    const runner = collecting();
    testDestination(runner, open);
    await runner.tests.get('refuses ifAbsent with a TypeError where it has no way to keep it')?.();
    expect([...objects.keys()]).toEqual([]);
  });
});
