import type { OmittedPart, Source } from '@holdfast/contracts';
import { describe, expect, it } from 'vitest';
import { createHarness, sampleItem } from '../support/harness.ts';
import { listedItem, scriptedSource, textBytes } from '../support/scripted-source.ts';
import type { Harness } from '../support/harness.ts';

/** A mailbox with three items, one of which is read without a part as long as `omitted` says so. */
async function withOmission(
  omitted: OmittedPart[],
): Promise<Harness & { readonly source: Source; readonly reads: string[] }> {
  const harness = await createHarness();
  const { mailbox } = harness;
  mailbox.addCollection('inbox');
  for (const id of ['a', 'b', 'c']) mailbox.put('inbox', sampleItem(id));
  const reads: string[] = [];
  const source: Source = {
    ...mailbox,
    async read(item, options) {
      reads.push(item.id);
      const { parts } = await mailbox.read(item, options);
      return { parts, omitted: item.id === 'b' ? [...omitted] : [] };
    },
  };
  return { ...harness, source, reads };
}

describe('a part that the source does not deliver', () => {
  it('is no failure where the other parts hold its content, and is not asked for again', async () => {
    const { repository, source, reads } = await withOmission([
      { part: 'extra.bin', reason: 'ErrorMimeContentConversionFailed', lost: false },
    ]);
    const report = await repository.backup(source);
    expect(report.result).toBe('complete');
    expect(report.coverage.omitted).toEqual([
      { collection: 'inbox', item: 'b', part: 'extra.bin', reason: 'ErrorMimeContentConversionFailed', lost: false },
    ]);
    const again = await repository.backup(source);
    expect(again).toMatchObject({ result: 'complete', unchanged: true });
    expect(reads).toHaveLength(3);
  });

  it('makes the run a non-success where content is lost, and is asked for again until it is there', async () => {
    const omitted: OmittedPart[] = [{ part: 'extra.bin', reason: 'ErrorCannotOpenFileAttachment', lost: true }];
    const { repository, source, reads } = await withOmission(omitted);
    const first = await repository.backup(source);
    expect(first.result).toBe('complete-with-failures');
    expect(await repository.coverage({ snapshot: 'latest' })).toEqual(first.coverage);
    const item = await repository.item({ snapshot: 'latest', collection: 'inbox', item: 'b' });
    expect(item.omitted).toEqual(omitted);

    const second = await repository.backup(source);
    expect(second).toMatchObject({ result: 'complete-with-failures', unchanged: false });
    expect(reads.slice(3)).toEqual(['b']);

    omitted.length = 0;
    const third = await repository.backup(source);
    expect(third.result).toBe('complete');
    expect(reads.slice(4)).toEqual(['b']);
    const healed = await repository.item({ snapshot: 'latest', collection: 'inbox', item: 'b' });
    expect(healed.omitted).toEqual([]);
    const fourth = await repository.backup(source);
    expect(fourth).toMatchObject({ result: 'complete', unchanged: true });
    expect(reads).toHaveLength(5);
  });

  it('is asked for again by the next run, also where the collection was told anew in the run that lost it', async () => {
    const lost: OmittedPart = { part: 'message.eml', reason: 'ErrorCorruptData', lost: true };
    const item = listedItem('b');
    const { source, reads, next } = scriptedSource({
      collections: ['inbox'],
      async *changes(run, _, cursor) {
        if (cursor === undefined) {
          yield { type: 'item-changed', item };
          yield { type: 'checkpoint', cursor: 'page 1', last: false };
          // The service forgets what it told.
          yield { type: 'collection-reset' };
          yield { type: 'item-changed', item };
        }
        yield { type: 'checkpoint', cursor: `end ${run}`, last: true };
      },
      read: (run) => ({
        parts: [{ name: run === 1 ? 'properties.json' : 'message.eml', bytes: textBytes('b') }],
        omitted: run === 1 ? [lost] : [],
      }),
      locate: (_, itemId) => ({ itemId, found: { collectionId: 'inbox', item } }),
    });
    const { repository } = await createHarness();
    const first = await repository.backup(source);
    expect(first).toMatchObject({ result: 'complete-with-failures', coverage: { omitted: [lost] } });
    next();
    expect((await repository.backup(source)).result).toBe('complete');
    expect(reads).toEqual(['1:b', '2:b']);
    const healed = await repository.item({ snapshot: 'latest', collection: 'inbox', item: 'b' });
    expect(healed.parts).toEqual(['message.eml']);
  });

  it('is no loss any more if the item is read whole later in the run', async () => {
    const lost: OmittedPart = { part: 'message.eml', reason: 'ErrorCorruptData', lost: true };
    let readings = 0;
    const { source } = scriptedSource({
      collections: ['inbox'],
      async *changes(_, __, cursor) {
        if (cursor === undefined) {
          yield { type: 'item-changed', item: listedItem('b') };
          yield { type: 'checkpoint', cursor: 'page 1', last: false };
          yield { type: 'item-changed', item: listedItem('b', { changeKey: 'k2', contentKey: 'c2' }) };
        }
        yield { type: 'checkpoint', cursor: 'end', last: true };
      },
      read: () => ({ parts: [{ name: 'a', bytes: textBytes('b') }], omitted: (readings += 1) === 1 ? [lost] : [] }),
    });
    const { repository } = await createHarness();
    const report = await repository.backup(source);
    expect(report).toMatchObject({ result: 'complete', coverage: { omitted: [], failures: [] } });
    expect(readings).toBe(2);
  });
});
