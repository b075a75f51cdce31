import { createRepository, openRepository } from '@holdfast/core';
import type { BackupReport, Repository } from '@holdfast/core';
import { memoryDestination } from '@holdfast/destinations/memory';
import { exchangeOnline } from '@holdfast/exchange-source';
import { startExchange } from '@holdfast/simulators/exchange';
import type { Exchange, ItemFault, Weather } from '@holdfast/simulators/exchange';
import {
  applyHistoryStep,
  describeStep,
  faultyDestination,
  historyStep,
  mailboxHands,
  randomFaults,
  seededRandomness,
  virtualClock,
} from '@holdfast/testkit';
import type { MailboxHands, SeededRandomness, VirtualClock } from '@holdfast/testkit';
import { letter } from './letters.ts';
import { differencesOfFolders, stateOfMailbox, stateOfSnapshot } from './folder-states.ts';
import type { MailboxState } from './folder-states.ts';

const ADA = 'ada@example.org';
const BACKUPS = { from: 3, to: 5 };
/** In which ways a message is sick: for good in every respect, on every page that shows its body, or without a reason. */
const SICK: readonly ItemFault[] = [
  { code: 'ErrorCorruptData' },
  { code: 'ErrorContentConversionFailed', parts: ['body'] },
  { code: 'ErrorInternalServerError', parts: ['mime', 'properties'] },
];
/** What ends a run from outside. */
const STOPPED = new Error('stopped on purpose');

/** What came of a history. */
export interface LivedHistory {
  readonly seed: number;
  /** What is wrong; empty if every snapshot is as it should be. */
  readonly complaints: readonly string[];
  /** What happened, a line each, for whoever has to find out why. */
  readonly lines: readonly string[];
  readonly counts: HistoryCounts;
}

/** How much happened. */
export interface HistoryCounts {
  /** Steps of the mailbox, in runs and between them. */
  steps: number;
  /** Steps in the middle of a run. */
  stepsInRuns: number;
  /** Runs that came to their end. */
  backups: number;
  /** Runs that were stopped, or for which the storage failed. */
  interrupted: number;
  /** Folders of snapshots that were compared. */
  folders: number;
  /** Answers and connections that the service failed on purpose. */
  faults: number;
  /** Folders that kept changing until the run gave up waiting for rest. */
  restless: number;
}

/**
 * Lets a mailbox live through a random history, with a service and a storage that fail at random, and backs it up several
 * times while things happen. Every snapshot must show each folder as it was at some moment of its run; the last one, made in
 * peace, must show the mailbox exactly; and all of them must still show the same in the end.
 */
export async function liveThrough(seed: number): Promise<LivedHistory> {
  const dice = seededRandomness(seed);
  const clock = virtualClock();
  const exchange = await startExchange({
    mailboxes: { [ADA]: {} },
    seed,
    clock,
    replayRate: dice.pick([0, 0.2]),
    immutableIdHole: dice.fraction() < 0.5,
    deltaGenerations: dice.pick([4, 16, 64]),
  });
  try {
    const life = await beginLife(exchange, clock, dice);
    await clock.runUntil(life.live());
    return { seed, complaints: life.complaints, lines: life.lines, counts: life.counts };
  } finally {
    await exchange.close();
  }
}

interface Life {
  readonly complaints: readonly string[];
  readonly lines: readonly string[];
  readonly counts: HistoryCounts;
  live(): Promise<void>;
}

async function beginLife(exchange: Exchange, clock: VirtualClock, dice: SeededRandomness): Promise<Life> {
  const { control, tenant, credentials, fetch } = exchange;
  const complaints: string[] = [];
  const lines: string[] = [];
  const counts = { steps: 0, stepsInRuns: 0, backups: 0, interrupted: 0, folders: 0, faults: 0, restless: 0 };
  const storage = { objects: new Map(), clock };
  const destination = faultyDestination(memoryDestination(storage), { clock });
  const environment = { clock, randomness: seededRandomness(dice.integer(1, 1_000_000)) };
  const online = exchangeOnline({ tenant, credentials, fetch, ...environment });
  /** Every state of the mailbox since the run began. */
  let moments: MailboxState[] = [];
  /** Messages that could not be read at some moment of the run. */
  let failing = new Set<string>();
  const shown = new Map<string, MailboxState>();
  let repository: Repository = await createRepository({ destination, key: 'none', ...environment });

  const note = async (): Promise<void> => {
    moments.push(await stateOfMailbox(control, ADA));
  };
  const ada = mailboxHands(control, ADA);
  const sicken = (id: string): void => {
    void ada.failMessage(id);
    control.failItem(id, dice.pick(SICK));
  };
  const hands = noticing({ ...ada, failMessage: sicken }, note, (id) => failing.add(id));

  async function step(where: string): Promise<void> {
    const chosen = historyStep(dice, await hands.view(), {
      weights: dice.fraction() < 0.2 ? { 'add-message': 60 } : {},
    });
    lines.push(`${where}: ${describeStep(chosen)}`);
    counts.steps += 1;
    await applyHistoryStep(chosen, hands);
  }

  async function backUp(trouble: Trouble): Promise<BackupReport | undefined> {
    if (dice.fraction() < 0.3) repository = await reopen();
    const mailbox = await online.mailbox(ADA);
    moments = [];
    failing = new Set((await hands.view()).failing);
    await note();
    const controller = new AbortController();
    let steps = trouble.steps;
    let events = 0;
    let busy = false;
    const calm = dice.pick([0.6, 0.9, 0.97]);
    const end = control.onRequest(async () => {
      if (steps === 0 || busy || dice.fraction() > calm) return;
      busy = true;
      steps -= 1;
      counts.stepsInRuns += 1;
      await step('  in the run').finally(() => {
        busy = false;
      });
    });
    control.setWeather(trouble.weather);
    control.setOverQuota(ADA, trouble.quota ?? 'under');
    destination.faults.put = trouble.storage;
    try {
      return await repository.backup(mailbox, {
        signal: controller.signal,
        checkpoint: { items: dice.pick([2, 10, 1000]) },
        onProgress({ type }) {
          if (type === 'progress') return;
          events += 1;
          if (events === trouble.stopAt) controller.abort(STOPPED);
        },
      });
    } catch (error) {
      if (error !== STOPPED && trouble.storage === undefined) complaints.push(`a run failed: ${String(error)}`);
      lines.push(`  ended by ${String(error)}`);
      return undefined;
    } finally {
      end();
      control.setWeather(undefined);
      control.setOverQuota(ADA, 'under');
      destination.faults.put = undefined;
    }
  }

  function reopen(): Promise<Repository> {
    return openRepository({ destination: destination.reconnect(memoryDestination(storage)), ...environment });
  }

  async function compare({ snapshot, coverage, result }: BackupReport): Promise<void> {
    const found = await stateOfSnapshot(repository, snapshot.id);
    shown.set(snapshot.id, found);
    const except = new Set([...failing, ...[...coverage.failures, ...coverage.omitted].map(({ item }) => item)]);
    const strangers = coverage.failures.filter(({ item }) => !failing.has(item));
    if (strangers.length > 0) complaints.push(`items failed that could be read: ${JSON.stringify(strangers)}`);
    const failed = coverage.collections.filter(({ state }) => state === 'failed');
    if (failed.length > 0) complaints.push(`folders failed: ${JSON.stringify(failed)}`);
    const isClean = coverage.failures.length === 0 && coverage.omitted.every(({ lost }) => !lost);
    if ((result === 'complete') !== isClean) complaints.push(`the result is ${result}`);
    for (const { id, name, state, atRest } of coverage.collections) {
      if (state !== 'covered') continue;
      if (!atRest) {
        counts.restless += 1;
        continue;
      }
      counts.folders += 1;
      const seen = found.get(id) ?? new Map<string, string>();
      const states = moments.flatMap((moment) => moment.get(id) ?? []);
      const differences = states.map((moment) => differencesOfFolders(moment, seen, except));
      if (differences.some((difference) => difference.length === 0)) continue;
      const nearest = differences.toSorted((a, b) => a.length - b.length)[0] ?? ['it never was'];
      complaints.push(`${name} of ${snapshot.id} is not as it was at any moment: ${nearest.join(', ')}`);
    }
  }

  async function makePeace(): Promise<void> {
    for (const id of (await hands.view()).failing ?? []) await hands.healMessage(id);
    lines.push('in peace');
    const report = await backUp({ steps: 0 });
    if (report === undefined) return;
    await compare(report);
    if (report.result !== 'complete') complaints.push(`the last run: ${JSON.stringify(report.coverage)}`);
    const truth = await stateOfMailbox(control, ADA);
    const found = shown.get(report.snapshot.id) ?? new Map();
    for (const [id, folder] of truth) {
      const differences = differencesOfFolders(folder, found.get(id) ?? new Map());
      if (differences.length > 0) complaints.push(`the last snapshot differs: ${differences.join(', ')}`);
    }
  }

  async function lookAgain(): Promise<void> {
    const opened = await reopen();
    for (const [id, state] of shown) {
      const now = await stateOfSnapshot(opened, id);
      const isSame =
        now.size === state.size &&
        [...state].every(([folder, items]) => differencesOfFolders(items, now.get(folder) ?? new Map()).length === 0);
      if (!isSame) complaints.push(`snapshot ${id} shows something else than before`);
    }
    const { problems } = await opened.check({ level: 'decryption' });
    if (problems.length > 0) complaints.push(`check: ${JSON.stringify(problems)}`);
    await opened.close();
  }

  return {
    complaints,
    lines,
    counts,
    async live() {
      // Several pages of changes, which are told at several moments.
      const crowd = dice.pick([0, 0, 120]);
      for (let number = 0; number < crowd; number += 1) await control.addMessage(ADA, 'inbox', letter(number));
      for (let count = dice.integer(5, 30); count > 0; count -= 1) await step('before');
      for (let run = dice.integer(BACKUPS.from, BACKUPS.to); run > 0; run -= 1) {
        const trouble = randomTrouble(dice);
        lines.push(`run with ${trouble.name}`);
        const report = await backUp(trouble);
        if (report === undefined) counts.interrupted += 1;
        else {
          counts.backups += 1;
          await compare(report);
        }
        for (let count = dice.integer(0, 8); count > 0; count -= 1) await step('between');
      }
      await makePeace();
      await lookAgain();
      counts.faults = Object.values(exchange.requests.faults).reduce((sum, count) => sum + count, 0);
    },
  };
}

/** What disturbs one run. */
interface Trouble {
  readonly name?: string;
  readonly steps: number;
  readonly weather?: Weather;
  readonly storage?: ReturnType<typeof randomFaults>;
  readonly stopAt?: number;
  readonly quota?: 'over';
}

function randomTrouble(dice: SeededRandomness): Trouble {
  const steps = dice.pick([0, 3, 10, 20]);
  const kind = dice.pick(['nothing', 'bad weather', 'storm', 'a stop', 'a failing storage', 'no room'] as const);
  const name = `${kind} and ${steps} steps`;
  switch (kind) {
    case 'bad weather': {
      const rate = (): number => dice.fraction() * 0.03;
      const weather: Weather = {
        seed: dice.integer(1, 1_000_000),
        throttled: rate(),
        unavailable: rate(),
        badGateway: rate(),
        gatewayTimeout: rate(),
        internalError: rate(),
        resetBefore: rate(),
        resetDuring: rate(),
        resetAfter: rate(),
        cutPage: rate(),
        tokenLoss: rate(),
      };
      return { name, steps, weather };
    }
    case 'storm':
      return { name, steps, weather: { seed: dice.integer(1, 1_000_000), throttled: 0.4 } };
    case 'a stop':
      return { name, steps, stopAt: dice.integer(1, 60) };
    case 'a failing storage': {
      const rates = { before: 0.2, after: 0.2, kinds: ['put'] as const };
      return { name, steps, storage: randomFaults(seededRandomness(dice.integer(1, 1_000_000)), rates) };
    }
    case 'no room':
      return { name, steps, quota: 'over' };
    default:
      return { name, steps };
  }
}

/** Hands that tell of each single thing they have done. */
function noticing(hands: MailboxHands, note: () => Promise<void>, failed: (id: string) => void): MailboxHands {
  const noted =
    <Args extends readonly unknown[], Result>(act: (...args: Args) => Promise<Result> | Result) =>
    async (...args: Args): Promise<Result> => {
      const result = await act(...args);
      await note();
      return result;
    };
  return {
    ...hands,
    addMessage: noted(hands.addMessage),
    moveMessage: noted(hands.moveMessage),
    deleteMessage: noted(hands.deleteMessage),
    changeMessage: noted(hands.changeMessage),
    createFolder: noted(hands.createFolder),
    renameFolder: noted(hands.renameFolder),
    moveFolder: noted(hands.moveFolder),
    deleteFolder: noted(hands.deleteFolder),
    failMessage: noted((id: string) => {
      failed(id);
      return hands.failMessage(id);
    }),
  };
}
