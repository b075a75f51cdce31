import { describe, expect, it } from 'vitest';
import { describeStep, historyStep, historyWeights, seededRandomness } from '../../src/index.ts';
import type { HistoryStep, HistoryStepKind, HistoryWeights, MailboxView } from '../../src/index.ts';

const view: MailboxView = {
  folders: [
    { id: 'root', path: [], wellKnownName: 'msgfolderroot' },
    { id: 'inbox', path: ['Inbox'], wellKnownName: 'inbox' },
    { id: 'drafts', path: ['Drafts'], wellKnownName: 'drafts' },
    { id: 'unread', path: ['Unread Mail'], isSearch: true },
    { id: 'own', path: ['Projects'] },
    { id: 'below', path: ['Projects', 'Bridge'] },
    { id: 'dumpster', path: [], wellKnownName: 'recoverableitemsroot' },
    { id: 'purges', path: ['Purges'] },
  ],
  messages: [
    { id: 'm1', folderId: 'inbox' },
    { id: 'm2', folderId: 'below' },
    { id: 'd1', folderId: 'drafts', isDraft: true },
    { id: 'gone', folderId: 'purges' },
    { id: 'found', folderId: 'unread' },
  ],
  failing: ['m2'],
};
const KINDS = Object.keys(historyWeights) as HistoryStepKind[];
const none = Object.fromEntries(KINDS.map((kind) => [kind, 0])) as HistoryWeights;

function only(kind: HistoryStepKind, count = 60, of = view): readonly HistoryStep[] {
  const dice = seededRandomness(3);
  return Array.from({ length: count }, () => historyStep(dice, of, { weights: { ...none, [kind]: 1 } }));
}

function folderIds(steps: readonly HistoryStep[]): Set<unknown> {
  return new Set(JSON.stringify(steps).match(/(?<="id":")\w+/g));
}

function messageIds(steps: readonly HistoryStep[]): Set<unknown> {
  return new Set(JSON.stringify(steps).match(/(?<="message":")\w+/g));
}

describe('historyStep', () => {
  it('chooses the same for the same dice and the same view', () => {
    const steps = (seed: number): readonly HistoryStep[] => {
      const dice = seededRandomness(seed);
      return Array.from({ length: 200 }, () => historyStep(dice, view));
    };
    expect(steps(1)).toEqual(steps(1));
    expect(steps(2)).not.toEqual(steps(1));
  });

  it('comes to every kind of step, the more often the more it weighs', () => {
    const dice = seededRandomness(5);
    const counts = new Map<string, number>();
    for (let i = 0; i < 3000; i += 1) {
      const { kind } = historyStep(dice, view);
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
    expect([...counts.keys()].toSorted()).toEqual(KINDS.toSorted());
    expect(counts.get('add-message')).toBeGreaterThan(5 * (counts.get('expire-cursors') ?? 0));
  });

  it.each(['rename-folder', 'delete-folder'] as const)('takes only folders of the user for %s', (kind) => {
    expect(folderIds(only(kind))).toEqual(new Set(['own', 'below']));
  });

  it('moves folders of the user to where they are not yet, and never into themselves', () => {
    const moves = only('move-folder').map((step) =>
      step.kind === 'move-folder' ? `${step.folder.id} into ${step.parent.id}` : '',
    );
    expect(new Set(moves)).toEqual(
      new Set(['own into inbox', 'own into drafts', 'below into root', 'below into inbox', 'below into drafts']),
    );
  });

  it('leaves search folders and every tree but the first alone', () => {
    const kinds = KINDS.filter((kind) => kind !== 'expire-cursors');
    const steps = kinds.flatMap((kind) => only(kind, 100));
    expect(folderIds(steps)).toEqual(new Set(['root', 'inbox', 'drafts', 'own', 'below']));
    expect(messageIds(steps)).toEqual(new Set(['m1', 'm2', 'd1']));
    expect(folderIds([...only('add-message'), ...only('deliver-twice'), ...only('move-message')])).not.toContain(
      'root',
    );
  });

  it('gives new folders names that are free, whatever the case of their letters', () => {
    const folders = [...view.folders];
    const dice = seededRandomness(9);
    for (let made = 0; made < 120; made += 1) {
      const step = historyStep(
        dice,
        { ...view, folders: folders.slice(0, -2) },
        { weights: { ...none, 'create-folder': 1 } },
      );
      if (step.kind !== 'create-folder') throw new Error(step.kind);
      const key = step.path.join('>').toLowerCase();
      expect(folders.map(({ path }) => path.join('>').toLowerCase())).not.toContain(key);
      folders.splice(-2, 0, { id: `new-${made}`, path: step.path });
    }
    expect(folders.some(({ path }) => path.length === 5)).toBe(true);
    expect(folders.every(({ path }) => path.length <= 5)).toBe(true);
  });

  it('edits drafts only, heals what fails, and lets fail what does not', () => {
    expect(messageIds(only('edit-draft'))).toEqual(new Set(['d1']));
    expect(messageIds(only('heal-message'))).toEqual(new Set(['m2']));
    expect(messageIds(only('fail-message'))).toEqual(new Set(['m1', 'd1']));
    const content = only('move-and-change').filter((step) => JSON.stringify(step).includes('"body"'));
    expect(content.length).toBeGreaterThan(0);
    expect(messageIds(content)).toEqual(new Set(['d1']));
  });

  it('goes to another folder and comes home, at times changed', () => {
    const steps = only('move-there-and-back');
    for (const step of steps) {
      if (step.kind !== 'move-there-and-back') throw new Error(step.kind);
      expect(step.over.id).not.toBe(step.home.id);
      expect(view.messages.find(({ id }) => id === step.message)?.folderId).toBe(step.home.id);
    }
    const changed = steps.filter((step) => 'change' in step).length;
    expect(changed).toBeGreaterThan(0);
    expect(changed).toBeLessThan(steps.length);
  });

  it('does something else where a kind does not fit, and says so where nothing fits', () => {
    const empty: MailboxView = { folders: [], messages: [] };
    expect(only('create-folder', 1, empty)[0]).toMatchObject({ kind: 'create-folder', path: [expect.any(String)] });
    const weights = { ...none, 'delete-message': 1000, 'add-message': 1 };
    const { kind } = historyStep(seededRandomness(1), { ...view, messages: [] }, { weights });
    expect(kind).toBe('add-message');
    expect(() => only('delete-message', 1, { ...view, messages: [] })).toThrow(RangeError);
    expect(() => historyStep(seededRandomness(1), view, { weights: none })).toThrow(RangeError);
  });

  it('never deletes where its weight is zero', () => {
    const dice = seededRandomness(4);
    const kinds = Array.from({ length: 500 }, () => historyStep(dice, view, { weights: { 'delete-message': 0 } }).kind);
    expect(kinds).not.toContain('delete-message');
  });
});

describe('describeStep', () => {
  it('tells every step in a line of its own, with what matters', () => {
    for (const step of KINDS.flatMap((kind) => only(kind, 40))) {
      const line = describeStep(step);
      expect(line).toMatch(new RegExp(`^${step.kind}\\b`));
      expect(line).not.toMatch(/[\r\n]/);
      expect(line.length).toBeLessThan(240);
      if ('message' in step) expect(line).toContain(step.message);
    }
    const folder = { id: 'x', path: ['a/b', 'c'] };
    expect(describeStep({ kind: 'delete-folder', folder })).toBe(String.raw`delete-folder a\/b/c`);
    const message = 'AAMkADg5ZWQyAAAuAAADx7Kq0wEvTESYNpQ2AAA=';
    expect(describeStep({ kind: 'delete-message', message })).toBe('delete-message …EvTESYNpQ2');
  });
});
