import { SourceError } from '@holdfast/contracts';
import { exchangeOnline } from '@holdfast/exchange-source';
import type { ExchangeMailbox } from '@holdfast/exchange-source';
import { expect } from 'vitest';
import { letter } from '../letters.ts';
import { ADA, EVE } from '../world.ts';
import type { World } from '../world.ts';
import { attachedMessage, file } from './attachments-to-try.ts';
import { expectSnapshotIsMailbox, restore, restoreWhole } from './pitfall.ts';
import type { Pitfall } from './pitfall.ts';
import { expectSameMail } from './same-mail.ts';

const GUEST = 'guest@elsewhere.example';
const ON_PREMISES = 'cellar@example.org';
const SECRET = 'board@example.org';

async function addMail({ control }: World, count: number, folders: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i += 1) {
    // An attached message is received with the one around it, as far as MIME tells.
    const inner = attachedMessage(letter(900, { mime: undefined, receivedTime: letter(i).receivedTime }));
    const attachments = i % 5 === 0 ? [file('a.bin', 100), inner] : [];
    const large = i === 7 ? [file('large.bin', 5_000_000)] : [];
    const all = [...large, ...attachments];
    const content = letter(i, all.length === 0 ? {} : { mime: undefined, attachments: all });
    ids.push(await control.addMessage(ADA, folders[i % folders.length] ?? 'inbox', content));
  }
  return ids;
}

/** An inner request of a batch, as it was sent. */
interface InnerRequest {
  readonly id: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Connects to a mailbox and writes down what is in the batches. */
async function watched({ exchange, clock }: World): Promise<{ ada: ExchangeMailbox; batches: InnerRequest[][] }> {
  const { tenant, credentials } = exchange;
  const batches: InnerRequest[][] = [];
  const fetch: typeof globalThis.fetch = (input, init) => {
    if (String(input).endsWith('/$batch') && init?.body instanceof Uint8Array) {
      const { requests } = JSON.parse(new TextDecoder().decode(init.body)) as { requests: InnerRequest[] };
      batches.push(requests);
    }
    return exchange.fetch(input, init);
  };
  return { ada: await exchangeOnline({ tenant, credentials, fetch, clock }).mailbox(ADA), batches };
}

/** Pitfalls of the service as a whole. */
export const servicePitfalls: readonly Pitfall[] = [
  {
    number: 19,
    title:
      'at most four requests of a mailbox are in flight, batches and uploads included; others that use up its share are waited for',
    world: { latencyMs: 40 },
    async run(world) {
      const { control, exchange, repository, ada, eve } = world;
      const folders = Array.from({ length: 30 }, (_, index) => ['inbox', `Folder ${index}`]).flat();
      await addMail(world, 60, folders);
      expect(await repository.backup(ada, { concurrency: 32 })).toMatchObject({ result: 'complete' });
      await expectSnapshotIsMailbox(world);
      await restoreWhole(world, { run: { concurrency: 32 } });
      await expectSameMail(world);
      expect(exchange.requests.maxInFlight).toEqual({ [ADA]: 4, [EVE]: 4 });
      expect(exchange.requests.overLimit).toEqual({});
      const { counts, throttled } = exchange.requests;
      expect([counts.batch, counts.upload, counts.attach].every((count) => count > 0)).toBe(true);
      expect(throttled).toBe(0);

      // Two backups and a restore at once, through the same connection, keep to it together.
      exchange.requests.reset();
      await Promise.all([
        ...[1, 2].map(() => Array.fromAsync(ada.collections())),
        repository.backup(ada, { concurrency: 32 }),
        restore(world, { into: ['Twice'], run: { concurrency: 32 } }),
        eve.findCollection([{ name: 'Inbox', role: 'inbox', kind: 'mail', hidden: false }]),
      ]);
      expect(exchange.requests.overLimit).toEqual({});
      expect(Math.max(...Object.values(exchange.requests.maxInFlight))).toBeLessThanOrEqual(4);

      // Somebody else uses the mailbox with the same application, and takes more than is left.
      const { tenant, credentials, fetch } = exchange;
      const other = await exchangeOnline({ tenant, credentials, fetch, clock: world.clock }).mailbox(ADA);
      exchange.requests.reset();
      control.expireDeltaTokens();
      for (let i = 0; i < 40; i += 1) await control.addMessage(ADA, 'inbox', letter(500 + i));
      const use = async (): Promise<void> => {
        for (let i = 0; i < 10; i += 1) await Array.fromAsync(other.collections());
      };
      const [report] = await Promise.all([repository.backup(ada, { concurrency: 32 }), use(), use(), use()]);
      expect(report).toMatchObject({ result: 'complete', coverage: { failures: [], omitted: [] } });
      // The service did refuse: MailboxConcurrency, which is over in a moment.
      expect(exchange.requests.overLimit[ADA]).toBeGreaterThan(0);
      await expectSnapshotIsMailbox(world);
    },
  },
  {
    number: 20,
    title:
      'in a batch each answer counts by itself: only what was refused is asked for again, and each names its kind of ids',
    async run(world) {
      const { control, exchange, repository } = world;
      const folders = ['inbox', ...Array.from({ length: 45 }, (_, index) => `Folder ${index}`)];
      const ids = await addMail(world, 90, folders);
      const { ada, batches } = await watched(world);
      // 429 and 503 of single requests in batches that are 200 themselves.
      control.throttle({ count: 3, retryAfter: 1.5, kinds: ['folders'] });
      control.throttle({ count: 2, status: 503, kinds: ['folders'] });
      expect(await repository.backup(ada)).toMatchObject({ result: 'complete', coverage: { failures: [] } });
      await expectSnapshotIsMailbox(world);
      expect(exchange.requests.faults).toMatchObject({ throttled: 3, unavailable: 2 });
      const asked = batches.flat().map(({ url }) => url);
      // Nothing but the five, the one outside of a batch excepted, was asked for twice.
      expect(asked.length - new Set(asked).size).toBeLessThanOrEqual(5);
      expect(asked.length - new Set(asked).size).toBeGreaterThanOrEqual(4);
      expect(batches.every((batch) => batch.length <= 20)).toBe(true);

      // Messages whose removal is told are looked for in a batch, by ids that stay.
      for (const id of ids.slice(0, 30)) control.moveMessage(ADA, id, 'Elsewhere');
      for (const id of ids.slice(30, 40)) control.deleteMessage(ADA, id);
      batches.length = 0;
      control.throttle({ count: 4, retryAfter: 2, kinds: ['messages'] });
      const { snapshot } = await repository.backup(ada);
      expect(snapshot.statistics).toMatchObject({ items: 80, moved: 30, removed: 10, added: 0 });
      await expectSnapshotIsMailbox(world);
      const inner = batches.flat().filter(({ url }) => url.includes('/messages/'));
      expect(inner.length).toBeGreaterThan(0);
      for (const { headers } of inner)
        expect(headers).toMatchObject({ Prefer: expect.stringContaining('IdType="ImmutableId"') as string });
      const urls = inner.map(({ url }) => url);
      expect(urls.length - new Set(urls).size).toBe(4);

      // One that fails for good in a batch takes no other with it.
      control.failItem(ids[50] ?? '', { status: 403, code: 'ErrorAccessDenied', parts: ['properties'] });
      for (const id of ids.slice(50, 60)) control.moveMessage(ADA, id, 'Elsewhere');
      const third = await repository.backup(ada);
      expect(third.snapshot.statistics).toMatchObject({ items: 80, removed: 0, added: 0 });
      await expectSnapshotIsMailbox(world);
    },
  },
  {
    number: 29,
    title:
      'guests, users without a licence and mailboxes on premises have an error of their own, and a run over all users goes on',
    world: {
      mailboxes: {
        [ADA]: {},
        [GUEST]: { state: 'inactive' },
        [ON_PREMISES]: { state: 'inactive' },
        [SECRET]: {},
        [EVE]: {},
      },
    },
    async run(world) {
      const { control, online, repository } = world;
      for (let i = 0; i < 12; i += 1) await control.addMessage(i % 2 ? ADA : EVE, 'inbox', letter(i));
      await control.addMessage(SECRET, 'inbox', letter(99));
      control.denyAccess(SECRET);
      const users = [GUEST, ADA, ON_PREMISES, 'nobody@example.org', SECRET, EVE];
      const outcomes = new Map<string, string>();
      for (const user of users) {
        try {
          const { result, snapshot } = await repository.backup(await online.mailbox(user));
          outcomes.set(user, `${result}, ${snapshot.statistics.items} items`);
        } catch (error) {
          if (!SourceError.is(error)) throw error;
          outcomes.set(user, `${error.code} ${JSON.stringify(error.details)}`);
        }
      }
      expect(Object.fromEntries(outcomes)).toEqual({
        [GUEST]: expect.stringMatching(/^ERR_MAILBOX_NOT_FOUND .*"MailboxNotEnabledForRESTAPI"/),
        [ADA]: 'complete, 6 items',
        [ON_PREMISES]: expect.stringMatching(/^ERR_MAILBOX_NOT_FOUND .*"MailboxNotEnabledForRESTAPI"/),
        'nobody@example.org': expect.stringMatching(/^ERR_MAILBOX_NOT_FOUND .*"Request_ResourceNotFound"/),
        [SECRET]: expect.stringMatching(/^ERR_SOURCE_ACCESS_DENIED .*"ErrorAccessDenied"/),
        [EVE]: 'complete, 6 items',
      });
      // Nobody who could not be backed up has a snapshot that looks as if.
      const snapshots = await Array.fromAsync(repository.snapshots({ checkpoints: true }));
      expect(snapshots.map(({ source }) => source.title).toSorted()).toEqual([ADA, EVE]);
      expect((await repository.check({ level: 'decryption' })).result).toBe('sound');

      // A mailbox that stops to be one keeps what was backed up of it.
      control.denyAccess(ADA);
      const denied = await online.mailbox(ADA);
      const code: unknown = await repository.backup(denied).then(
        ({ result }) => result,
        (error: SourceError) => error.code,
      );
      expect(code).toBe('ERR_SOURCE_ACCESS_DENIED');
      control.allowAccess(ADA);
      await expectKept(world);

      // And restoring into one of them ends at once, with the same error.
      const plan = await repository.planRestore({ snapshot: 'latest', source: denied.id });
      const guest = await online.mailbox(GUEST);
      await expect(repository.restore(plan, guest)).rejects.toMatchObject({ code: 'ERR_MAILBOX_NOT_FOUND' });
    },
  },
];

/** The newest snapshot of Ada's mailbox must be what it is. */
async function expectKept({ repository, ada, control }: World): Promise<void> {
  const snapshots = await Array.fromAsync(repository.snapshots());
  const newest = snapshots.find(({ source }) => source.id === ada.id);
  const collection = (await control.messages(ADA, { mime: false }))[0]?.folderId ?? '';
  const { items } = await repository.browse({ snapshot: newest?.id ?? '', collection });
  expect(items.map(({ summary }) => summary.subject).toSorted()).toEqual(
    [1, 3, 5, 7, 9, 11].map((number) => `Letter ${number}`).toSorted(),
  );
}
