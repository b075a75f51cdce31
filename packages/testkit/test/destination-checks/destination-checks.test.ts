import type { Destination } from '@holdfast/contracts';
import { memoryDestination } from '@holdfast/destinations/memory';
import type { MemoryObject } from '@holdfast/destinations/memory';
import { describe, expect, it } from 'vitest';

import { destinationChecks, validateDestination } from '../../src/index.ts';
import type { DestinationCheck, DestinationCheckResult } from '../../src/index.ts';
import { withoutConditionalPut } from './liar.ts';
import type { Liar } from './liar.ts';
import { liars } from './liars.ts';

const honest: Liar = (good) => good;

async function judge(check: DestinationCheck, liar: Liar): Promise<DestinationCheckResult | undefined> {
  const objects = new Map<string, MemoryObject>();
  const open = (): Destination => liar(memoryDestination({ objects }), objects);
  const options = { reopen: open, checks: [check], seed: 1, largeObjectBytes: 2 << 20 };
  const { results } = await validateDestination(open(), options);
  return results[0];
}

describe('destinationChecks', () => {
  it('have names of their own', () => {
    const names = destinationChecks.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('have at least one liar each, and no liar is left over', () => {
    expect(Object.keys(liars).toSorted()).toEqual(destinationChecks.map(({ name }) => name).toSorted());
    for (const [name, those] of Object.entries(liars)) expect(those.length, name).toBeGreaterThan(0);
  });

  for (const check of destinationChecks) {
    describe(`a destination that ${check.name}`, () => {
      it('is believed of an honest destination', async () => {
        const base = check.requires?.conditionalPut?.includes('none') ? withoutConditionalPut : honest;
        expect(await judge(check, base)).toEqual({ name: check.name, outcome: 'passed' });
      });

      for (const [index, liar] of (liars[check.name] ?? []).entries()) {
        it(`is not believed of liar ${index + 1}`, async () => {
          expect(await judge(check, liar)).toMatchObject({ outcome: 'failed', reason: expect.stringMatching(/./) });
        });
      }
    });
  }
});
