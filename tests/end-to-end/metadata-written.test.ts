import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { measureMetadata, METADATA_LIMITS } from './metadata-written.ts';

const sizes = process.env['SLOW'] === '1' ? [3000, 100_000] : [3000];

describe.each(sizes)('in a folder of %i messages', (messages) => {
  it('a run writes no more metadata than was allowed', { timeout: 300_000 }, async () => {
    const written = await measureMetadata(messages);
    expect(written.added).toBeLessThanOrEqual(METADATA_LIMITS.added);
    expect(written.flagged).toBeLessThanOrEqual(METADATA_LIMITS.flagged);
    expect(written.quiet).toBeLessThanOrEqual(METADATA_LIMITS.quiet);
  });
});
