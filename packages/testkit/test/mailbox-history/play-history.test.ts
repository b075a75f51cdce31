import { startExchange } from '@holdfast/simulators/exchange';
import { describe, expect, it } from 'vitest';
import {
  applyHistoryStep,
  describeStep,
  historyWeights,
  mailboxHands,
  memoryMailbox,
  memoryMailboxHands,
  playHistory,
  seededRandomness,
} from '../../src/index.ts';
import type { HistoryFolder, HistoryStepKind, MailboxHands, MailboxView } from '../../src/index.ts';

const ADA = 'ada@example.org';
const STEPS = 250;

interface Stage extends AsyncDisposable {
  readonly hands: MailboxHands;
  /** Bytes of a message as the mailbox gives them out, or why not. */
  read(message: string): Promise<Uint8Array | string>;
}

const stages: Record<string, () => Promise<Stage>> = {
  async 'the Exchange simulator'() {
    const exchange = await startExchange({ mailboxes: { [ADA]: {} } });
    return {
      hands: mailboxHands(exchange.control, ADA),
      async read(message) {
        const found = (await exchange.control.messages(ADA)).find(({ id }) => id === message);
        return found?.mime ?? found?.mimeRefusal?.code ?? 'gone';
      },
      [Symbol.asyncDispose]: () => exchange.close(),
    };
  },
  async 'a mailbox in memory'() {
    const mailbox = memoryMailbox();
    mailbox.addCollection('inbox', { name: 'Inbox' });
    mailbox.addCollection('archive', { name: 'Archive' });
    return {
      hands: memoryMailboxHands(mailbox),
      async read(message) {
        const item = [...mailbox.contents().values()].flat().find(({ id }) => id === message);
        if (item === undefined) return 'gone';
        const content = await mailbox.read({ id: message } as Parameters<typeof mailbox.read>[0]).catch(String);
        if (typeof content === 'string') return 'ErrorCorruptData';
        return Uint8Array.from(content.parts.flatMap(({ bytes }) => [...(bytes as Uint8Array)]));
      },
      async [Symbol.asyncDispose]() {},
    };
  },
};

function folderAt({ folders }: MailboxView, path: string): HistoryFolder {
  const found = folders.find((folder) => folder.path.join('/') === path);
  if (found === undefined) throw new Error(`there is no ${path}`);
  return found;
}

function standing({ folders }: MailboxView): string[] {
  return folders
    .filter(({ wellKnownName }) => wellKnownName !== undefined)
    .map(({ id, path, wellKnownName }) => `${id} ${path.join('/')} ${wellKnownName}`);
}

describe.each(Object.entries(stages))('on %s', (_, open) => {
  it.each([1, 2, 3])('a history runs without a hitch, and leaves what every mailbox has (seed %i)', async (seed) => {
    await using stage = await open();
    const before = standing(await stage.hands.view());
    const kinds = new Set<HistoryStepKind>();
    for await (const { kind } of playHistory(stage.hands, seededRandomness(seed), { steps: STEPS })) kinds.add(kind);
    expect(kinds.size).toBeGreaterThanOrEqual(Object.keys(historyWeights).length - 2);
    const view = await stage.hands.view();
    expect(standing(view)).toEqual(before);
    expect(view.messages.length).toBeGreaterThan(10);
    const paths = view.folders.filter(({ path }) => path.length > 0).map(({ path }) => path.join('>').toLowerCase());
    expect(new Set(paths).size).toBe(paths.length);
  });

  it('the same seed makes the same history', async () => {
    const lines: string[][] = [];
    for (const seed of [7, 7, 8]) {
      await using stage = await open();
      const told: string[] = [];
      for await (const step of playHistory(stage.hands, seededRandomness(seed), { steps: 60 })) {
        told.push(describeStep(step));
      }
      lines.push(told);
    }
    expect(lines[0]).toHaveLength(60);
    expect(lines[1]).toEqual(lines[0]);
    expect(lines[2]).not.toEqual(lines[0]);
  });

  it('each step does what it says', async () => {
    await using stage = await open();
    const { hands } = stage;
    const letter = (seed: number): Uint8Array => new TextEncoder().encode(`Subject: ${seed}\r\n\r\nLetter ${seed}\r\n`);
    const start = await hands.view();
    const inbox = folderAt(start, 'Inbox');
    const archive = folderAt(start, 'Archive');
    const where = async (id: string): Promise<string | undefined> =>
      (await hands.view()).messages.find((one) => one.id === id)?.folderId;
    const apply = (step: Parameters<typeof applyHistoryStep>[0]) => applyHistoryStep(step, hands, { letter });

    const [message = ''] = await apply({ kind: 'add-message', folder: inbox, letter: 5 });
    expect(await where(message)).toBe(inbox.id);
    expect(await stage.read(message)).toEqual(letter(5));
    const twice = await apply({ kind: 'deliver-twice', folders: [inbox, archive], letter: 6 });
    expect(new Set(twice).size).toBe(2);
    expect(await Promise.all(twice.map(where))).toEqual([inbox.id, archive.id]);
    expect(await stage.read(twice[0] ?? '')).toEqual(await stage.read(twice[1] ?? ''));

    await apply({ kind: 'move-message', message, from: inbox, to: archive });
    expect(await where(message)).toBe(archive.id);
    await apply({ kind: 'move-and-change', message, from: archive, to: inbox, change: { isRead: true } });
    expect(await where(message)).toBe(inbox.id);
    await apply({ kind: 'move-there-and-back', message, home: inbox, over: archive });
    expect(await where(message)).toBe(inbox.id);
    expect(await stage.read(message)).toEqual(letter(5));

    const [draft = ''] = await apply({ kind: 'add-draft', folder: inbox, letter: 9 });
    expect((await hands.view()).messages.find(({ id }) => id === draft)?.isDraft).toBe(true);
    const unedited = await stage.read(draft);
    const body = { contentType: 'text', content: 'Otherwise' } as const;
    await apply({ kind: 'edit-draft', message: draft, change: { subject: 'Anew', body } });
    expect(await stage.read(draft)).not.toEqual(unedited);

    await apply({ kind: 'fail-message', message });
    expect((await hands.view()).failing).toEqual([message]);
    expect(await stage.read(message)).toBe('ErrorCorruptData');
    await apply({ kind: 'heal-message', message });
    expect((await hands.view()).failing).toEqual([]);
    expect(await stage.read(message)).toEqual(letter(5));
    await apply({ kind: 'delete-message', message });
    expect(await stage.read(message)).toBe('gone');

    await apply({ kind: 'create-folder', path: ['Archive', 'a/b'], isHidden: false });
    await apply({ kind: 'create-folder', path: ['Archive', 'a/b', 'deep'], isHidden: false });
    const deep = folderAt(await hands.view(), 'Archive/a/b/deep');
    const [inside = ''] = await apply({ kind: 'add-message', folder: deep, letter: 10 });
    const own = folderAt(await hands.view(), 'Archive/a/b');
    await apply({ kind: 'rename-folder', folder: own, name: 'renamed' });
    await apply({ kind: 'move-folder', folder: own, parent: inbox });
    expect(folderAt(await hands.view(), 'Inbox/renamed/deep').id).toBe(deep.id);
    expect(await where(inside)).toBe(deep.id);
    await apply({ kind: 'delete-folder', folder: own });
    expect((await hands.view()).folders.map(({ id }) => id)).toEqual(start.folders.map(({ id }) => id));
    expect(await where(inside)).toBeUndefined();
  });
});

it('a folder that is moved in memory takes the paths of those below it along', async () => {
  const mailbox = memoryMailbox();
  for (const [id, parent] of [['inbox'], ['archive'], ['own', 'archive'], ['deep', 'own']] as const) {
    mailbox.addCollection(id, parent === undefined ? {} : { parent });
  }
  const folder = { id: 'own', path: ['archive', 'own'] };
  const parent = { id: 'inbox', path: ['inbox'] };
  await applyHistoryStep({ kind: 'move-folder', folder, parent }, memoryMailboxHands(mailbox));
  const events = await Array.fromAsync(mailbox.collections());
  const paths = events.map((event) => (event.type === 'collection-found' ? event.collection.path.join('/') : ''));
  expect(paths.toSorted()).toEqual(['archive', 'inbox', 'inbox/own', 'inbox/own/deep']);
});

it('what a service told is forgotten when a history says so', async () => {
  const mailbox = memoryMailbox();
  mailbox.addCollection('inbox');
  const [collection] = (await Array.fromAsync(mailbox.collections())).map((event) =>
    event.type === 'collection-found' ? event.collection : undefined,
  );
  if (collection === undefined) throw new Error('there is no collection');
  const told = await Array.fromAsync(mailbox.changes(collection));
  const last = told.at(-1);
  const cursor = last?.type === 'checkpoint' ? last.cursor : '';
  const events = async (): Promise<string[]> =>
    (await Array.fromAsync(mailbox.changes(collection, { cursor }))).map(({ type }) => type);
  expect(await events()).not.toContain('collection-reset');
  await applyHistoryStep({ kind: 'expire-cursors', loss: 'ResyncRequired' }, memoryMailboxHands(mailbox));
  expect(await events()).toContain('collection-reset');
});
