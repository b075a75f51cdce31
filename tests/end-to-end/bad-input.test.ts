import { describe, it } from 'vitest';
import { badInputs, meetBadInput } from './bad-input.ts';

describe('bad input is one clear line and loses nothing', () => {
  for (const input of badInputs) {
    it.concurrent(`${input.name}: ${input.code}`, async ({ expect }) => {
      expect((await meetBadInput(input)).complaints).toEqual([]);
    });
  }
});
