import type { Collection } from '@holdfast/contracts';
import { seededRandomness } from '@holdfast/testkit';
import { describe, expect, it } from 'vitest';
import { createQuietCollections } from '../../src/backup/quiet-collections.ts';
import { addQuiet, dropQuiet } from '../../src/backup/quiet-edits.ts';
import { compareKeys, compareUtf8 } from '../../src/tree/tree-key.ts';
import { propertyRuns } from '../internal/property-runs.ts';

const PREFIX = 'AAMkAGI2NGVhZTVlLTI1OGMtNDI4My1iZmE5LTA5OGJiZGEzMTc0YQAuAAAAAADUuTJK1K9aTpCdqXop';

function collection(id: string, more: Partial<Collection> = {}): Collection {
  const told = { parentId: undefined, path: [id], name: `Folder ${id}`, kind: 'mail', role: undefined } as const;
  return { id, ...told, hidden: false, metadata: {}, itemCount: 0, ...more };
}

describe('quiet collections', () => {
  it('are what a map of them would be', () => {
    for (let seed = 1; seed <= propertyRuns / 5; seed += 1) {
      const dice = seededRandomness(seed);
      const quiet = createQuietCollections();
      const model = new Map<string, { readonly told: Collection; written: boolean }>();
      for (let step = 0; step < 60; step += 1) {
        const id = `${dice.pick(['', PREFIX, '\ufeff', 'é🚀', '\uffff'])}${dice.integer(0, 12)}`;
        const parentId = dice.pick([undefined, 'top', `${PREFIX}1`]);
        const told = collection(id, {
          parentId,
          path: dice.pick([[id], ['top', id], ['top', 'middle', id], ['elsewhere']]),
          role: dice.pick([undefined, 'inbox']),
          kind: dice.pick(['mail', 'calendar']),
          hidden: dice.fraction() < 0.5,
          metadata: dice.pick([{}, { color: 'red', nested: { list: [1, 2.5, null] } }]),
        });
        const choice = dice.integer(0, 3);
        if (choice === 0) {
          expect(quiet.take(id)).toEqual(model.get(id)?.told);
          model.delete(id);
        } else if (choice === 1) {
          quiet.noteWritten(id);
          const known = model.get(id);
          if (known !== undefined) known.written = true;
        } else {
          quiet.add(told);
          model.set(id, { told, written: false });
        }
        expect(quiet.get(id)).toEqual(model.get(id)?.told);
        expect(quiet.has(id)).toBe(model.has(id));
        expect(quiet.size).toBe(model.size);
      }
      const byId = (a: Collection, b: Collection): number => compareUtf8(a.id, b.id);
      expect([...quiet].toSorted(byId)).toEqual([...model.values()].map(({ told }) => told).toSorted(byId));
      const unwritten = quiet.unwritten();
      const listed = Array.from({ length: unwritten.length }, (_, i) => unwritten.at(i));
      const expected = [...model.values()].filter(({ written }) => !written).map(({ told }) => told);
      expect(listed).toEqual(expected.toSorted(byId));
      expect(listed.map(({ id }) => id)).toEqual(listed.map((_, i) => unwritten.idAt(i)));
      unwritten.noteWritten();
      expect(quiet.unwritten().length).toBe(0);
    }
  });

  it('take little more memory than their texts', () => {
    const quiet = createQuietCollections();
    const count = 50_000;
    let texts = 0;
    for (let i = 0; i < count; i += 1) {
      const id = `${PREFIX}${String(i).padStart(36, '0')}`;
      const parent = `${PREFIX}${String(i % 100).padStart(36, 'P')}`;
      const told = collection(id, { parentId: parent, path: [parent, id], name: `Folder ${i}` });
      texts += id.length + told.name.length;
      quiet.add(told);
    }
    expect(quiet.memory).toBeGreaterThan(texts);
    expect(quiet.memory / count).toBeLessThan(texts / count + 100);
  });

  it('come between the edits of other collections, in order', () => {
    const quiet = createQuietCollections();
    for (const id of ['d', 'b', 'f']) quiet.add(collection(id));
    const edits = ['a', 'c', 'g'].map((id) => ({ key: { id, sort: 0 } }));
    for (const merge of [addQuiet, dropQuiet]) {
      const merged = merge(edits, quiet.unwritten());
      const all = Array.from({ length: merged.length }, (_, i) => merged.at(i)!);
      expect(all.map(({ key }) => key.id)).toEqual(['a', 'b', 'c', 'd', 'f', 'g']);
      expect(all.map(({ key }) => key)).toEqual(all.map(({ key }) => key).toSorted(compareKeys));
      const records = all.map(({ record }) => (record && 'value' in record ? record.value.collection.id : undefined));
      expect(records.filter((id) => id !== undefined)).toEqual(merge === addQuiet ? ['b', 'd', 'f'] : []);
    }
  });
});
