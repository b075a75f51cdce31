import process from 'node:process';
import { DestinationError } from '@holdfast/contracts';
import { createRepository, openRepository } from '@holdfast/core';
import type { ConflictPolicy, Repository } from '@holdfast/core';
import { memoryDestination } from '@holdfast/destinations/memory';
import { exchangeOnline } from '@holdfast/exchange-source';
import { exchangeFetch } from '@holdfast/simulators/exchange';
import { deathAtWrite, faultsInTurn, faultyDestination, startTcpProxy } from '@holdfast/testkit';
import { expect } from 'vitest';
import { differencesFromMailbox } from '../differences.ts';
import { draft, letter } from '../letters.ts';
import { ADA, EVE } from '../world.ts';
import type { World } from '../world.ts';
import { attachedMessage, file } from './attachments-to-try.ts';
import { backUpWhole, restore, restoreWhole } from './pitfall.ts';
import type { Pitfall } from './pitfall.ts';
import { expectSameMail } from './same-mail.ts';

const FOLDERS = ['inbox', 'Projects/Bridge', 'Archive', 'drafts'];
/** Whether everything is tried, or a part of it. */
const THOROUGH = process.env['SLOW'] === '1';

async function addMail({ control }: World, count: number, from = 0): Promise<void> {
  for (let i = from; i < from + count; i += 1) {
    const inner = attachedMessage(letter(900, { mime: undefined, receivedTime: letter(i).receivedTime }));
    const attachments = i % 6 === 0 ? [file('a.bin', 10), inner, file('a.bin', 20)] : [];
    const large = i === 1 ? [file('large.bin', 4_500_000)] : [];
    const all = [...attachments, ...large];
    const content = i % 4 === 3 ? draft(i) : letter(i, all.length === 0 ? {} : { mime: undefined, attachments: all });
    await control.addMessage(ADA, FOLDERS[i % FOLDERS.length] ?? 'inbox', content);
  }
}

/** Aborts at the given request of a kind, counted from 1. */
function abortAt(
  { control }: World,
  kind: string,
  number: number,
): { signal: AbortSignal; stop: () => void; reason: Error } {
  const controller = new AbortController();
  const reason = new Error(`stopped at ${kind} ${number}`);
  let seen = 0;
  const stop = control.onRequest((notice) => {
    if (notice.kind === kind && ++seen === number) controller.abort(reason);
  });
  return { signal: controller.signal, stop, reason };
}

async function snapshotsOf(repository: Repository) {
  return Array.fromAsync(repository.snapshots({ checkpoints: true }));
}

/** Pitfalls of runs that are cut off, or run again. */
export const interruptionPitfalls: readonly Pitfall[] = [
  {
    number: 24,
    title:
      'a backup that is stopped at any page or any read goes on where it was, without enumerating everything again',
    async run(world) {
      const { control, exchange, clock, ada } = world;
      const COUNT = 160;
      for (let i = 0; i < COUNT; i += 1) await control.addMessage(ADA, i < 130 ? 'inbox' : 'Archive', letter(i));
      const whole = await backUpWhole(world);
      expect(whole.snapshot.statistics.items).toBe(COUNT);
      const { delta: allPages, mime: allReads } = exchange.requests.counts;

      const moments = [
        ...Array.from({ length: allPages }, (_, index) => ['delta', index + 1] as const),
        ...[1, 55, 101, COUNT].map((number) => ['mime', number] as const),
        ['folders', 1] as const,
      ];
      const inbox = (await control.messages(ADA, { mime: false }))[0]?.folderId ?? '';
      const isFreshStart = (path: string): boolean =>
        decodeURIComponent(path).includes(inbox) && path.includes('/messages/delta') && !/token=/.test(path);
      let keeping = 0;
      for (const [kind, number] of moments) {
        const destination = memoryDestination({ objects: new Map(), clock });
        const repository = await createRepository({ destination, key: 'none', clock });
        exchange.requests.reset();
        const { signal, stop, reason } = abortAt(world, kind, number);
        await expect(repository.backup(ada, { signal, checkpoint: { items: 10 } })).rejects.toBe(reason);
        stop();
        // An aborted run writes nothing any more, but its checkpoints stay.
        const [checkpoint] = await snapshotsOf(repository);
        const kept = checkpoint?.statistics.items ?? 0;
        exchange.requests.reset();
        // Another connection counts for itself: requests of the run that was stopped may still come to their end.
        const { tenant, credentials, fetch } = exchange;
        const again = await exchangeOnline({ tenant, credentials, fetch, clock }).mailbox(ADA);
        const { snapshot, result, usage } = await repository.backup(again);
        const { message: mime = 0, delta = 0 } = usage.byKind;
        const about = `${kind} ${number}: ${kept} kept, then ${mime} reads, ${delta} pages`;
        expect([about, result, snapshot.statistics.items]).toEqual([about, 'complete', COUNT]);
        expect([about, mime]).toEqual([about, allReads - kept]);
        // Once a page of it is kept, the large folder is gone on with from a link, not from its beginning.
        const fresh = exchange.requests.entries.filter(({ path }) => isFreshStart(path));
        if (kept > 30) expect(fresh, about).toEqual([]);
        keeping += kept > 30 ? 1 : 0;
        expect(await differencesFromMailbox(repository, 'latest', await control.messages(ADA)), about).toEqual([]);
        await repository.close();
      }
      // A checkpoint that was on its way when the run was stopped is not among them.
      expect(keeping).toBeGreaterThanOrEqual(4);
    },
  },
  {
    number: 25,
    title:
      'a restore makes nothing twice, run again or with lost answers, under any policy; what is replaced goes last',
    async run(world) {
      const { control, exchange, clock, ada } = world;
      await addMail(world, 40);
      await backUpWhole(world);
      // Every other answer gets lost after the service acted: on folders, messages, attachments, sessions and ranges.
      let writes = 0;
      const lose = control.onRequest(({ kind, method }) => {
        if (method === 'GET' || !['create', 'attach', 'folders', 'upload'].includes(kind)) return;
        if ((writes += 1) % 2 === 0) control.resetConnections(1, { kinds: [kind], moment: 'after' });
      });
      await restoreWhole(world);
      lose();
      expect(exchange.requests.faults.resetAfter).toBeGreaterThan(30);
      await expectSameMail(world);
      for (const onConflict of ['skip', 'copy', 'replace', 'only-missing'] satisfies ConflictPolicy[]) {
        expect(await restoreWhole(world, { onConflict })).toMatchObject({ restored: 0, skipped: 40 });
      }
      await expectSameMail(world);

      // The same through a network that breaks connections after the request went up.
      const proxy = await startTcpProxy({ target: exchange.url });
      const { tenant, credentials } = exchange;
      const online = exchangeOnline({ tenant, credentials, fetch: exchangeFetch(proxy.url), clock });
      const eve = await online.mailbox(EVE);
      let seen = 0;
      proxy.faults.request = ({ firstLine }) => {
        const isWrite = /^(?:POST|PUT) /.test(firstLine) && !/\/\$batch|\/token/.test(firstLine);
        return isWrite && (seen += 1) % 3 === 0 ? { cutAnswerAt: 0 } : undefined;
      };
      await restoreWhole(world, { target: eve, into: ['Proxied'] });
      await proxy.close();
      expect(proxy.requests.filter(({ cut }) => cut === 'answer').length).toBeGreaterThan(20);
      const names = async (top: string): Promise<string[]> =>
        (await control.messages(EVE))
          .filter(({ folder }) => (folder[0] === 'Proxied') === (top === 'Proxied'))
          .map(({ folder, content: { subject, attachments } }) =>
            [...folder.slice(top === 'Proxied' ? 1 : 0), subject, ...attachments.map(({ name }) => name)].join(' > '),
          )
          .toSorted();
      expect(await names('Proxied')).toEqual(await names(''));
      const made = control.folders(EVE).map(({ path }) => path.join('/'));
      expect(made.filter((path) => path === 'Proxied/Projects/Bridge')).toHaveLength(1);

      // What is replaced is deleted when the new one is there, and not at all if it cannot be made.
      const drafts = (await control.messages(ADA)).filter(({ content }) => content.isDraft);
      for (const { id } of drafts) control.updateMessage(ADA, id, { body: { contentType: 'text', content: 'newer' } });
      control.setOverQuota(ADA, 'over');
      expect((await restore(world, { target: ada, onConflict: 'replace' })).restored).toBe(0);
      control.setOverQuota(ADA, 'under');
      const after = (await control.messages(ADA)).filter(({ content }) => content.isDraft);
      expect(after.map(({ id, content }) => [id, content.body.content])).toEqual(drafts.map(({ id }) => [id, 'newer']));
      exchange.requests.reset();
      expect(
        (await restore(world, { target: ada, onConflict: 'replace', run: { concurrency: 1 } })).actions.replace,
      ).toBe(10);
      const order = exchange.requests.entries
        .filter(({ kind, method }) => kind === 'create' || method === 'DELETE')
        .map(({ method }) => method);
      expect(order).toEqual(Array.from({ length: 10 }, () => ['POST', 'DELETE']).flat());
    },
  },
  {
    number: 28,
    title: 'data without its catalogue is no backup: wherever the storage fails, what was committed can be read whole',
    async run(world) {
      const { control, clock, ada, exchange } = world;
      const deliver = async (from: number): Promise<void> => {
        for (let i = from; i < from + 8; i += 1) await control.addMessage(ADA, FOLDERS[i % 3] ?? '', letter(i));
      };
      await deliver(0);
      const settings = { key: 'none', clock } as const;
      const policy = { checkpoint: { items: 4 } };

      /** Makes a repository with one good snapshot, whose storage begins to fail then. */
      async function prepare() {
        const objects = new Map();
        const open = () => memoryDestination({ objects, clock });
        const faulty = faultyDestination(open(), { clock });
        const repository = await createRepository({ destination: faulty, ...settings });
        await repository.backup(ada, policy);
        const [first] = await snapshotsOf(repository);
        return { faulty, repository, first, reopen: () => openRepository({ destination: open(), clock }) };
      }

      const before = await control.messages(ADA);
      // Known beforehand, so that each death meets the same change.
      const change = await prepare();
      await deliver(100);
      const now = await control.messages(ADA);
      const writesBefore = change.faulty.calls.length;
      await change.repository.backup(ada, policy);
      const puts = change.faulty.calls.slice(writesBefore).filter(({ kind }) => kind === 'put');
      const kinds = new Set(puts.map(({ name }) => name.split('/')[0]));
      expect([...kinds].toSorted()).toEqual(['data', 'index', 'snapshots']);
      for (const { id } of now) if (!before.some((message) => message.id === id)) control.deleteMessage(ADA, id);

      // The storage is gone from a write on, before it or after it acted, or refuses that one write alone.
      for (const [turn, moment] of (['before', 'after', 'once'] as const).entries()) {
        for (let write = 1; write <= puts.length; write += 1) {
          // In the short form each write meets one of them in turn; the last one, which commits, meets all.
          if (!THOROUGH && write < puts.length && write % 3 !== turn) continue;
          const about = `${puts[write - 1]?.name.split('/')[0]}, write ${write} of ${puts.length}, ${moment}`;
          const { faulty, repository, first, reopen } = await prepare();
          await deliver(100);
          const added = await control.messages(ADA);
          const error = new DestinationError('ERR_STORAGE_FULL', { name: 'anything' });
          if (moment === 'once')
            faulty.faults.put = faultsInTurn([...Array.from({ length: write - 1 }, () => undefined), { error }]);
          else faulty.faults.any = deathAtWrite(write, { moment, error });
          const outcome = await repository.backup(ada, policy).then(
            ({ result }) => result,
            (reason: unknown) => reason,
          );
          // The last write is the snapshot: only its answer can get lost.
          expect(outcome, about).toBe(error);

          const again = await reopen();
          const snapshots = await snapshotsOf(again);
          expect(
            snapshots.map(({ id }) => id),
            about,
          ).toContain(first?.id);
          for (const snapshot of snapshots) {
            // Whatever there is a catalogue of can be read to the last byte, and is what the mailbox holds.
            const differences = await differencesFromMailbox(again, snapshot.id, added);
            expect(
              differences.filter((line) => !line.endsWith(' is missing')),
              about,
            ).toEqual([]);
          }
          expect(await differencesFromMailbox(again, first?.id ?? '', before), about).toEqual([]);
          const complete = snapshots.filter(({ state, id }) => state === 'complete' && id !== first?.id);
          if (complete.length > 0) expect(complete[0]?.statistics.items, about).toBe(added.length);
          exchange.requests.reset();
          const { result, snapshot } = await again.backup(ada);
          expect([result, snapshot.statistics.items], about).toEqual(['complete', added.length]);
          expect(await differencesFromMailbox(again, snapshot.id, added), about).toEqual([]);
          expect((await again.check({ level: 'decryption' })).result, about).toBe('sound');
          await again.close();
          for (const { id } of added) if (!before.some((message) => message.id === id)) control.deleteMessage(ADA, id);
        }
      }
    },
  },
];
