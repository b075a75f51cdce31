import type { ItemRestored } from '@holdfast/core';
import { describe, expect, it } from 'vitest';
import { verify } from '../../examples/quickstart/verify.ts';
import { differencesFromMailbox } from './differences.ts';
import { fastClock } from './fast-clock.ts';
import { letter } from './letters.ts';
import { countObjects } from './stored-objects.ts';
import { ADA, EVE, startWorld } from './world.ts';
import type { World, WorldOptions } from './world.ts';

const MESSAGES = 60;

async function startWithLetters(options: WorldOptions = {}): Promise<World & { readonly ids: readonly string[] }> {
  const world = await startWorld({ clientClock: fastClock(50), key: 'none', ...options });
  const ids: string[] = [];
  for (let i = 0; i < MESSAGES; i += 1) {
    const attachments = i % 10 === 0 ? [attachment(i)] : [];
    const content = letter(i, attachments.length > 0 ? { attachments, mime: undefined } : {});
    ids.push(await world.control.addMessage(ADA, ['inbox', 'Projects/Bridge', 'Archive'][i % 3] ?? '', content));
  }
  return Object.assign(world, { ids });
}

function attachment(number: number) {
  const bytes = new TextEncoder().encode(`plan ${number} `.repeat(1000));
  return {
    kind: 'file',
    name: `plan-${number}.txt`,
    contentType: 'text/plain',
    isInline: false,
    contentId: undefined,
    bytes,
  } as const;
}

/** What a network and a busy service do, spread over a run. */
const troubles: Record<string, (world: World) => void> = {
  'pushes back with a decimal Retry-After': ({ control }) => control.throttle({ count: 6, retryAfter: 0.35 }),
  'pushes back without saying for how long': ({ control }) => control.throttle({ count: 3 }),
  'answers 503 without a body': ({ control }) => control.throttle({ count: 5, status: 503 }),
  'answers 503 without a body, with Retry-After': ({ control }) =>
    control.throttle({ count: 9, status: 503, retryAfter: 1.5 }),
  'answers 504': ({ control }) => control.throttle({ count: 3, status: 504 }),
  'closes connections': ({ control }) => control.resetConnections(4),
  'ends the validity of its tokens': ({ control }) => control.expireTokens(),
};

describe('a backup', () => {
  const ofBackup: typeof troubles = {
    ...troubles,
    'cuts pages in the middle': ({ control }) => control.cutPages(4),
    'forgets its change tracking': ({ control }) => control.expireDeltaTokens({ code: 'SyncStateNotFound' }),
    'asks for a resync': ({ control }) => control.expireDeltaTokens({ code: 'ResyncRequired' }),
  };
  for (const [name, cause] of Object.entries(ofBackup)) {
    it(`is complete and right when the service ${name} at its beginning and in its middle`, async () => {
      await using world = await startWithLetters();
      const { control, repository, ada, exchange } = world;
      cause(world);
      let stored = 0;
      const report = await repository.backup(ada, {
        onProgress(event) {
          if (event.type === 'item-stored') stored += 1;
          if (event.type === 'item-stored' && (stored === 15 || stored === 40)) cause(world);
        },
      });
      expect(report).toMatchObject({ result: 'complete', coverage: { failures: [], omitted: [] } });
      expect(exchange.requests.total).toBeGreaterThan(MESSAGES);
      expect(await differencesFromMailbox(repository, 'latest', await control.messages(ADA))).toEqual([]);
    });
  }

  it('fetches and stores nothing again when all change tracking is forgotten between two runs', async () => {
    await using world = await startWithLetters();
    const { control, repository, ada, exchange, folder, ids } = world;
    await repository.backup(ada);
    const { dataPacks } = await countObjects(folder);
    control.expireDeltaTokens();
    control.deleteMessage(ADA, ids[3] ?? '');
    control.moveMessage(ADA, ids[4] ?? '', 'Archive');
    exchange.requests.reset();
    const report = await repository.backup(ada);
    expect(exchange.requests.counts.mime).toBe(0);
    expect((await countObjects(folder)).dataPacks).toBe(dataPacks);
    expect(report.snapshot.statistics).toMatchObject({ items: MESSAGES - 1, added: 0, removed: 1, moved: 1 });
    expect(await differencesFromMailbox(repository, 'latest', await control.messages(ADA))).toEqual([]);
  });

  it('notes an item that the service can never deliver in one line, and takes it in once it can', async () => {
    await using world = await startWithLetters();
    const { control, repository, ada, ids } = world;
    const bad = ids[7] ?? '';
    control.failItem(bad, { status: 403, code: 'ErrorAccessDenied' });
    const report = await repository.backup(ada);
    expect(report.result).toBe('complete-with-failures');
    expect(report.coverage.failures).toEqual([
      expect.objectContaining({ item: bad, code: 'ERR_SOURCE_ACCESS_DENIED', reason: 'ErrorAccessDenied' }),
    ]);
    const others = (await control.messages(ADA)).filter(({ id }) => id !== bad);
    expect(await differencesFromMailbox(repository, 'latest', others)).toEqual([]);

    control.healItem(bad);
    expect(await repository.backup(ada)).toMatchObject({ result: 'complete', coverage: { failures: [] } });
    expect(await differencesFromMailbox(repository, 'latest', await control.messages(ADA))).toEqual([]);
  });

  it('keeps everything of an item whose MIME is a permanent 500, and notes that in one line', async () => {
    await using world = await startWithLetters();
    const { control, repository, ada, ids } = world;
    const bad = ids[10] ?? '';
    control.failItem(bad, { status: 500, code: 'ErrorMimeContentConversionFailed', parts: ['mime'] });
    const report = await repository.backup(ada);
    expect(report).toMatchObject({ result: 'complete', coverage: { failures: [] } });
    expect(report.coverage.omitted).toEqual([
      expect.objectContaining({ item: bad, part: 'message.eml', reason: 'ErrorMimeContentConversionFailed' }),
    ]);
    expect(await differencesFromMailbox(repository, 'latest', await control.messages(ADA))).toEqual([]);
  });

  for (const code of ['ErrorCorruptData', 'ErrorInternalServerError']) {
    it(`takes in every other item, and says so, when one is a permanent 500 ${code} in every respect`, async () => {
      await using world = await startWithLetters();
      const { control, repository, ada, ids } = world;
      const bad = ids[10];
      control.failItem(bad ?? '', { status: 500, code });
      const { result, coverage } = await repository.backup(ada);
      expect(result).toBe('complete-with-failures');
      expect(new Set([...coverage.failures, ...coverage.omitted].map(({ item }) => item))).toEqual(new Set([bad]));
      const others = (await control.messages(ADA)).filter(({ id }) => id !== bad);
      const differences = await differencesFromMailbox(repository, 'latest', others);
      expect(differences.filter((difference) => !difference.includes(bad ?? ''))).toEqual([]);
    });
  }
});

describe('a restore', () => {
  for (const [name, cause] of Object.entries(troubles)) {
    it(`creates every item once and whole when the service ${name}`, async () => {
      await using world = await startWithLetters({ settleRate: 0.1 });
      const { control, repository, ada, eve } = world;
      const { snapshot } = await repository.backup(ada);
      const plan = await repository.planRestore({ snapshot: snapshot.id });
      const created: ItemRestored[] = [];
      cause(world);
      const report = await repository.restore(plan, eve, {
        onProgress(event) {
          if (event.type !== 'item-restored') return;
          created.push(event);
          if (created.length === 15 || created.length === 40) cause(world);
        },
      });
      expect(report).toMatchObject({ result: 'complete', restored: MESSAGES, failures: [], omissions: [] });
      const restored = await control.messages(EVE);
      expect(restored).toHaveLength(MESSAGES);
      const ids = new Map(created.map(({ item, targetId }) => [item, targetId]));
      const verification = await verify(repository, snapshot.id, await control.messages(ADA), restored, ids);
      expect(verification).toEqual({ verified: MESSAGES, withoutMime: [], differences: [] });
    });
  }
});
