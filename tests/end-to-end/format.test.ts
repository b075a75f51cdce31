import { describe, expect, it } from 'vitest';
import { unnamedFields } from './format-fields.ts';
import { sampleFields } from './format-sample.ts';

describe('docs/format', () => {
  for (const encryption of ['encrypted', 'clear'] as const) {
    it(`names every field that is written into a repository (${encryption})`, async () => {
      const fields = await sampleFields(encryption);
      const structures = new Set(fields.map(({ structure }) => structure));
      for (const structure of [
        'collection record',
        'collection record.pass',
        'config.chunker',
        'coverage.collections',
        'coverage.failures',
        'directory.packs',
        'hints.packs',
        'inner record',
        'item record.omitted',
        'item record.parts',
        'item record.summary',
        'keyring',
        'snapshot.capture',
        'snapshot.root',
        'snapshot.statistics',
        'summary',
        ...(encryption === 'encrypted' ? ['keyring.epochs', 'keyring.recipients', 'slot'] : []),
      ]) {
        expect(structures, 'the sample must have everything').toContain(structure);
      }
      expect(await unnamedFields(fields)).toEqual([]);
    });
  }

  it('is found out if a field is not named', async () => {
    const field = { structure: 'snapshot', field: 'colour', page: 'snapshots.md' };
    expect(await unnamedFields([field])).toEqual([field]);
  });
});
