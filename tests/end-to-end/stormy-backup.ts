import { createRepository } from '@holdfast/core';
import type { BackupProgress, BackupReport } from '@holdfast/core';
import { memoryDestination } from '@holdfast/destinations/memory';
import { exchangeOnline } from '@holdfast/exchange-source';
import { startExchange } from '@holdfast/simulators/exchange';
import { seededRandomness, virtualClock } from '@holdfast/testkit';
import type { SeededRandomness } from '@holdfast/testkit';
import { differencesFromMailbox } from './differences.ts';
import { letter } from './letters.ts';
import { ADA } from './world.ts';

/** Ways in which a service says how long to wait. */
const FORMS = ['decimal seconds', 'always one second', 'nothing', 'a date', 'half an hour'] as const;
type Form = (typeof FORMS)[number];

/** How a backup under storms of 429 went. */
export interface StormyBackup {
  readonly seed: number;
  readonly report: BackupReport;
  /** What of the mailbox is not in the snapshot as it should be. */
  readonly differences: readonly string[];
  /** Requests that were refused. */
  readonly refused: number;
  /** Those of them that were over a limit of the service. */
  readonly overLimit: number;
  /** Repetitions that were told of, each before its wait. */
  readonly retries: number;
  /** How long it took, in hours of the virtual clock. */
  readonly hours: number;
  /** The ways in which the service said how long to wait. */
  readonly forms: ReadonlySet<string>;
  /** Most requests in flight. */
  readonly inFlight: number;
}

/**
 * Backs a small mailbox up while the service refuses requests with 429 in storms that begin at random, and say in another
 * way each time how long to wait. Together they may hold one request back for hours.
 */
export async function stormyBackup(seed: number, messages = 24): Promise<StormyBackup> {
  const dice = seededRandomness(seed);
  const clock = virtualClock();
  const exchange = await startExchange({ mailboxes: { [ADA]: {} }, clock, seed, latencyMs: 20 });
  const { control, requests, tenant, credentials, fetch } = exchange;
  for (let i = 0; i < messages; i += 1) {
    await control.addMessage(ADA, ['inbox', 'Projects/Bridge', 'Archive'][i % 3] ?? '', letter(i));
  }
  const forms = new Set<Form>();
  let form: Form = 'nothing';
  let ordered = 0;
  let retries = 0;

  function beginStorm(): void {
    if (requests.throttled < ordered) return;
    form = dice.pick(FORMS);
    forms.add(form);
    const count = dice.integer(3, form === 'half an hour' ? 12 : 40);
    ordered = requests.throttled + count;
    const retryAfterForm = form === 'a date' ? 'date' : 'seconds';
    control.throttle({ count, retryAfter: secondsOf(form, dice), retryAfterForm });
  }

  const online = exchangeOnline({
    tenant,
    credentials,
    clock,
    randomness: dice,
    fetch,
    onRetry: ({ cause }) => {
      if (cause === 'throttled') retries += 1;
    },
  });
  try {
    const mailbox = await online.mailbox(ADA);
    const repository = await createRepository({ destination: memoryDestination(), key: 'none' });
    const start = clock.now();
    beginStorm();
    const onProgress = ({ type }: BackupProgress): void => {
      if (type === 'item-stored' && dice.integer(1, 3) === 1) beginStorm();
    };
    const report = await clock.runUntil(repository.backup(mailbox, { onProgress }));
    const hours = (clock.now() - start) / 3_600_000;
    const differences = await differencesFromMailbox(repository, 'latest', await control.messages(ADA));
    const { throttled: refused, maxInFlight } = requests;
    const overLimit = requests.overLimit[ADA] ?? 0;
    return { seed, report, differences, refused, overLimit, retries, hours, forms, inFlight: maxInFlight[ADA] ?? 0 };
  } finally {
    await exchange.close();
  }
}

function secondsOf(form: Form, dice: SeededRandomness): number | undefined {
  switch (form) {
    case 'decimal seconds':
      return dice.integer(100, 9000) / 1000;
    case 'always one second':
      return 1;
    case 'nothing':
      return undefined;
    case 'a date':
      return dice.integer(1, 60);
    case 'half an hour':
      return 1800;
  }
}
