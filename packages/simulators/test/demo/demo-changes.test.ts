import { describe, expect, it } from 'vitest';

import { planDemoChanges } from '../../src/exchange/demo/demo-changes.ts';
import type { DemoItem } from '../../src/exchange/demo/demo-changes.ts';

const owner = { name: 'Alex Doe', address: 'alex@demo.example' };
const now = Date.UTC(2026, 10, 2);
const folders = [['Inbox'], ['Inbox', 'Projects'], ['Sent Items']];

function mailbox(messages: number): DemoItem[] {
  return Array.from({ length: messages }, (_, index) => ({
    id: `id-${index}`,
    folder: index % 20 === 3 ? ['Drafts'] : (folders[index % 3] ?? ['Inbox']),
    isDraft: index % 20 === 3,
  }));
}

describe('planning the changes of a day', () => {
  it('has every kind of change, names no message twice and edits drafts only', async () => {
    const items = mailbox(100);
    const changes = await planDemoChanges({ seed: 3, items, owner, now });
    const ids = changes.flatMap((change) => (change.type === 'add' ? [] : [change.id]));
    expect(new Set(changes.map((change) => change.type)).size).toBe(7);
    expect(new Set(ids).size).toBe(ids.length);
    for (const change of changes) {
      if (change.type === 'add') continue;
      const item = items.find(({ id }) => id === change.id);
      expect(item?.isDraft).toBe(change.type === 'edit-draft');
      expect(change.type === 'move' && change.folder.join('/')).not.toBe(item?.folder.join('/'));
    }
  });

  it('adds as many messages as it is asked for, all of the last day', async () => {
    const changes = await planDemoChanges({ seed: 3, items: [], owner, now, additions: 5 });
    expect(changes).toHaveLength(5);
    for (const change of changes) {
      expect(change.type === 'add' && now - change.content.sentTime).toBeLessThanOrEqual(86_400_000 + 1_000);
    }
  });

  it('is the same for the same seed and items', async () => {
    const plan = async (seed: number): Promise<string> =>
      JSON.stringify(await planDemoChanges({ seed, items: mailbox(60), owner, now, additions: 2 }));
    expect(await plan(3)).toBe(await plan(3));
    expect(await plan(4)).not.toBe(await plan(3));
  });

  it('moves nothing when there is one folder only', async () => {
    const items = mailbox(30).map((item) => ({ ...item, folder: ['Inbox'] }));
    const changes = await planDemoChanges({ seed: 3, items, owner, now, additions: 0 });
    expect(changes.map((change) => change.type)).not.toContain('move');
  });
});
