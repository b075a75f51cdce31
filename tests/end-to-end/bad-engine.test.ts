import process from 'node:process';
import { describe, it } from 'vitest';
import { badEngineInputs } from './bad-engine.ts';
import { SKIPPED } from './bad-folders.ts';

// At full size, in SLOW=1 and in prove/4.
const size = process.env['SLOW'] === '1' ? 'full' : 'small';

describe('something bad that the engine is given is a typed error or a line in the report, and nothing else is lost', () => {
  for (const { name, run } of badEngineInputs) {
    it(name, { timeout: size === 'full' ? 900_000 : 180_000 }, async ({ expect, skip }) => {
      const { outcome, complaints } = await run(size);
      expect(complaints).toEqual([]);
      if (outcome === SKIPPED) skip(outcome);
    });
  }
});
