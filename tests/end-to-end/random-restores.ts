import { setTimeout } from 'node:timers/promises';
import { createRepository } from '@holdfast/core';
import type { PlanRestoreOptions, Repository, RestorePlan, RestorePreview, RestoreReport } from '@holdfast/core';
import { memoryDestination } from '@holdfast/destinations/memory';
import { exchangeOnline } from '@holdfast/exchange-source';
import type { ExchangeMailbox } from '@holdfast/exchange-source';
import { startExchange } from '@holdfast/simulators/exchange';
import type { Exchange, MessageContent, MessageState, Weather } from '@holdfast/simulators/exchange';
import {
  applyHistoryStep,
  describeStep,
  historyStep,
  mailboxHands,
  randomLetter,
  seededRandomness,
  virtualClock,
} from '@holdfast/testkit';
import type { SeededRandomness, VirtualClock } from '@holdfast/testkit';
import { letter } from './letters.ts';
import { judgeRestore } from './judge-restore.ts';

const ADA = 'ada@example.org';
const EVE = 'eve@example.org';
/** What ends a run from outside. */
const STOPPED = new Error('stopped on purpose');
/** Folders that are restored into: new ones, one of a role in another case, one that may be there. */
const PLACES = [['Restored'], ['restored', 'Deep'], ['INBOX'], ['Archive']];
const POLICIES = ['copy', 'only-missing', 'replace', 'skip'] as const;

/** What came of some random restores. */
export interface RandomRestores {
  /** What is wrong; empty if nothing is. */
  readonly complaints: readonly string[];
  /** What happened, a line each, for whoever has to find out why. */
  readonly lines: readonly string[];
  /** How much happened. */
  readonly counts: RandomRestoreCounts;
}

/** How much happened in random restores. */
export interface RandomRestoreCounts {
  /** Plans that were carried out. */
  plans: number;
  /** Runs that were stopped in the middle. */
  stopped: number;
  /** Items that were planned. */
  planned: number;
  /** Items that the runs in peace wrote. */
  restored: number;
  /** Answers and connections that the service failed on purpose. */
  faults: number;
}

/**
 * Lets two mailboxes live, backs one of them up now and then, and carries out random plans: into the same mailbox or the
 * other one, in any weather, stopped anywhere. What a run in peace then leaves must be what was planned, each item once,
 * with nothing lost that was there; the preview must have said so; and one more run must do nothing.
 */
export async function restoreAtRandom(seed: number): Promise<RandomRestores> {
  const dice = seededRandomness(seed);
  const clock = virtualClock();
  const rates = { settleRate: dice.pick([0, 0.3]), conflictRate: dice.pick([0, 0.1]) };
  const exchange = await startExchange({ mailboxes: { [ADA]: {}, [EVE]: {} }, seed, clock, ...rates });
  try {
    const story = await beginStory(exchange, clock, dice);
    await clock.runUntil(story.tell());
    return story;
  } finally {
    await exchange.close();
  }
}

interface Story extends RandomRestores {
  tell(): Promise<void>;
}

async function beginStory(exchange: Exchange, clock: VirtualClock, dice: SeededRandomness): Promise<Story> {
  const { control, tenant, credentials, fetch } = exchange;
  const complaints: string[] = [];
  const lines: string[] = [];
  const counts = { plans: 0, stopped: 0, planned: 0, restored: 0, faults: 0 };
  const environment = { clock, randomness: seededRandomness(dice.integer(1, 1_000_000)) };
  const repository: Repository = await createRepository({
    destination: memoryDestination({ objects: new Map(), clock }),
    key: 'none',
    ...environment,
  });
  /** What Ada's mailbox held at the time of each snapshot. */
  const truths = new Map<string, ReadonlyMap<string, MessageState>>();
  /** Messages that restores made. */
  const made = new Set<string>();

  const stateOf = async (address: string): Promise<ReadonlyMap<string, MessageState>> =>
    new Map((await control.messages(address, { mime: false })).map((message) => [message.id, message]));
  const open = (address: string): Promise<ExchangeMailbox> =>
    exchangeOnline({ tenant, credentials, fetch, ...environment }).mailbox(address);

  const odd = dice.fraction() < 0.5 ? { 'deliver-twice': 8, 'add-draft': 8, 'edit-draft': 10 } : {};
  async function live(address: string, steps: number): Promise<void> {
    const hands = mailboxHands(control, address);
    for (let count = steps; count > 0; count -= 1) {
      const weights = { 'fail-message': 0, 'expire-cursors': 0, ...odd };
      const step = historyStep(dice, await hands.view(), { weights });
      lines.push(`${address}: ${describeStep(step)}`);
      await applyHistoryStep(step, hands);
    }
  }

  /** What makes somebody want a restore, and somebody who reads their mail. */
  async function tidyUp(): Promise<void> {
    const share = dice.pick([0, 0, 0.5, 1]);
    const reads = dice.fraction() < 0.4;
    lines.push(`${ADA}: deletes ${share * 100} %${reads ? ', reads the rest' : ''}`);
    for (const { id } of (await stateOf(ADA)).values()) {
      if (dice.fraction() < share) control.deleteMessage(ADA, id);
      else if (reads) control.updateMessage(ADA, id, { isRead: true, categories: ['Seen'] });
    }
  }

  /** Mail that both got, the same or in another form. */
  async function deliverToEve(): Promise<void> {
    const messages = [...(await stateOf(ADA)).values()];
    for (let count = dice.integer(0, 6); count > 0 && messages.length > 0; count -= 1) {
      const { content, folder } = dice.pick(messages);
      const path = folder[0] === undefined || dice.fraction() < 0.3 ? ['Inbox'] : folder;
      const body = { contentType: 'text', content: `another version ${count}` } as const;
      const change: Partial<MessageContent> = dice.fraction() < 0.4 ? { body } : {};
      await control.addMessage(EVE, path, { ...content, ...change });
    }
  }

  async function backUp(): Promise<void> {
    const { snapshot, result } = await repository.backup(await open(ADA));
    truths.set(snapshot.id, await stateOf(ADA));
    lines.push(`snapshot ${snapshot.id} of ${truths.get(snapshot.id)?.size} messages`);
    if (result !== 'complete') complaints.push(`a backup is ${result}`);
  }

  async function choosePlan(): Promise<RestorePlan> {
    const snapshots = [...truths.keys()];
    const snapshot = dice.fraction() < 0.6 ? (snapshots.at(-1) ?? '') : dice.pick(snapshots);
    const folders = await Array.fromAsync(repository.collections({ snapshot }));
    const truth = [...(truths.get(snapshot)?.values() ?? [])];
    const some = <T>(all: readonly T[]): T[] => all.filter(() => dice.fraction() < 0.4);
    const collections = some(folders.map(({ id }) => id));
    const items = some(truth).map(({ id, folderId }) => ({ collection: folderId, item: id }));
    const choice = dice.pick(['whole', 'whole', 'collections', 'items', 'both'] as const);
    const into = dice.fraction() < 0.5 ? undefined : dice.pick(PLACES);
    const options: PlanRestoreOptions = {
      snapshot,
      ...(choice === 'collections' || choice === 'both' ? { collections, recursive: dice.fraction() < 0.5 } : {}),
      ...(choice === 'items' || choice === 'both' ? { items } : {}),
      into,
      structure: into === undefined ? 'keep' : dice.pick(['keep', 'flat'] as const),
      onConflict: dice.pick(POLICIES),
    };
    lines.push(`plan of ${choice}, ${options.onConflict}, into ${into?.join('/') ?? 'its place'} ${options.structure}`);
    const plan = await repository.planRestore(options);
    // What is stored and read back is the same plan.
    return JSON.parse(JSON.stringify(plan)) as RestorePlan;
  }

  /** A run that is disturbed; gives its report if it came to its end. */
  async function disturbedRun(plan: RestorePlan, address: string): Promise<RestoreReport | undefined> {
    const target = await open(address);
    const controller = new AbortController();
    const stopAt = dice.fraction() < 0.6 ? dice.integer(1, 20 + plan.items * 2) : undefined;
    let requests = 0;
    const end = control.onRequest(() => {
      requests += 1;
      if (requests === stopAt) controller.abort(STOPPED);
    });
    control.setWeather(randomWeather(dice));
    try {
      const report = await repository.restore(plan, target, {
        signal: controller.signal,
        concurrency: dice.integer(1, 5),
      });
      lines.push(`  a disturbed run restored ${report.restored}`);
      return report;
    } catch (error) {
      lines.push(`  stopped at request ${requests}`);
      counts.stopped += 1;
      if (error !== STOPPED) complaints.push(`a disturbed run failed: ${String(error)}`);
      // What was on its way still reaches the service.
      await setTimeout(30);
      return undefined;
    } finally {
      end();
      control.setWeather(undefined);
    }
  }

  async function carryOut(): Promise<void> {
    const address = dice.pick([ADA, ADA, EVE]);
    lines.push(`restore into ${address}`);
    const plan = await choosePlan();
    counts.plans += 1;
    counts.planned += plan.items;
    const before = await stateOf(address);
    for (let run = dice.pick([0, 1, 1, 2]); run > 0; run -= 1) await disturbedRun(plan, address);
    const between = await stateOf(address);
    for (const id of between.keys()) if (!before.has(id)) made.add(id);

    const target = await open(address);
    const preview = await repository.previewRestore(plan, target);
    if (!isSame(between, await stateOf(address))) complaints.push('a preview changed the mailbox');
    const report = await repository.restore(plan, dice.pick([target, await open(address)]));
    counts.restored += report.restored;
    lines.push(`  in peace: ${JSON.stringify(report.actions)}`);
    complaints.push(...unlikePreview(preview, report));
    const after = await stateOf(address);
    const truth = truths.get(plan.snapshot) ?? new Map();
    complaints.push(...judgeRestore({ plan, report, truth, before, after, made, isOwn: address === ADA }));
    for (const id of after.keys()) if (!before.has(id)) made.add(id);

    const again = await repository.restore(plan, await open(address));
    if (again.restored > 0) complaints.push(`one more run: ${JSON.stringify(again.actions)}`);
    if (!isSame(after, await stateOf(address))) complaints.push('one more run changed something');
  }

  return {
    complaints,
    lines,
    counts,
    async tell() {
      const crowd = dice.pick([0, 0, 0, 0, 70]);
      for (let number = 0; number < crowd; number += 1) {
        await control.addMessage(ADA, 'inbox', letter(number));
        // Mailing lists deliver some letters twice, the same or with another end.
        const body = { contentType: 'text', content: `Another end of ${number}` } as const;
        const change = number % 2 === 0 ? {} : { mime: undefined, body };
        if (number % 7 === 0) await control.addMessage(ADA, dice.pick(['inbox', 'Archive']), letter(number, change));
      }
      for (let number = dice.integer(0, 5); number > 0; number -= 1) {
        const shape = dice.pick(['attachment', 'nested', 'html'] as const);
        await control.addMessage(ADA, dice.pick(['inbox', 'Archive']), randomLetter(dice, { shape }));
      }
      await live(ADA, dice.integer(5, 25));
      await backUp();
      await live(EVE, dice.integer(0, 10));
      for (let plans = dice.integer(2, 4); plans > 0 && complaints.length === 0; plans -= 1) {
        await live(ADA, dice.integer(0, 8));
        if (dice.fraction() < 0.5) await backUp();
        await live(ADA, dice.integer(0, 8));
        await tidyUp();
        await live(EVE, dice.integer(0, 4));
        await deliverToEve();
        await carryOut();
      }
      counts.faults = Object.values(exchange.requests.faults).reduce((sum, count) => sum + count, 0);
      await repository.close();
    },
  };
}

function randomWeather(dice: SeededRandomness): Weather | undefined {
  const kind = dice.pick(['fair', 'bad', 'lost answers', 'storm'] as const);
  const seed = dice.integer(1, 1_000_000);
  const rate = (): number => dice.fraction() * 0.04;
  switch (kind) {
    case 'bad':
      return {
        seed,
        throttled: rate(),
        unavailable: rate(),
        badGateway: rate(),
        gatewayTimeout: rate(),
        internalError: rate(),
        resetBefore: rate(),
        resetDuring: rate(),
        resetAfter: rate(),
        cutPage: rate(),
      };
    case 'lost answers':
      return { seed, resetAfter: 0.25, resetDuring: 0.1 };
    case 'storm':
      return { seed, throttled: 0.4 };
    default:
      return undefined;
  }
}

/** Whether a mailbox is as it was, by ids and change keys. */
function isSame(one: ReadonlyMap<string, MessageState>, other: ReadonlyMap<string, MessageState>): boolean {
  return (
    one.size === other.size &&
    [...one].every(([id, { changeKey, folderId }]) => {
      const found = other.get(id);
      return found?.changeKey === changeKey && found.folderId === folderId;
    })
  );
}

function unlikePreview({ collections }: RestorePreview, { items }: RestoreReport): readonly string[] {
  const told = collections.flatMap(({ collection, previewed }) =>
    previewed.map(({ item, action }) => `${collection}/${item}: ${action}`),
  );
  const done = items.map(({ collection, item, action }) => `${collection}/${item}: ${action}`);
  const known = new Set(told);
  const strange = done.filter((line) => !known.has(line));
  return told.length === done.length && strange.length === 0 ? [] : [`not as previewed: ${strange.join(', ')}`];
}
