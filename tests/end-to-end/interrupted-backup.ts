import { createRepository, openRepository } from '@holdfast/core';
import type { BackupReport, CheckReport, Snapshot } from '@holdfast/core';
import { generateKey } from '@holdfast/crypto';
import { localDestination } from '@holdfast/destinations/local';
import { exchangeOnline } from '@holdfast/exchange-source';
import type { Exchange } from '@holdfast/simulators/exchange';
import { randomKillMoment } from '@holdfast/testkit';
import type { SeededRandomness } from '@holdfast/testkit';
import { differencesFromMailbox } from './differences.ts';
import { startUserScript } from './start-user-script.ts';
import type { UserScriptSettings } from './user-script.ts';
import { ADA } from './world.ts';

// Not a password, which takes each of the processes a third of a second.
const key = generateKey();

/** Makes an empty repository in a folder, and the settings of a script that backs up into it with many checkpoints. */
export async function createEmpty(exchange: Exchange, folder: string): Promise<UserScriptSettings> {
  const repository = await createRepository({ destination: localDestination({ path: folder }), key });
  await repository.close();
  const { url, tenant, credentials } = exchange;
  const checkpoint = { items: 25 };
  return { url, tenant, credentials, mailbox: ADA, folder, generatedKey: key.secret.reveal(), checkpoint };
}

/** What the run after an interruption found, did and left behind. */
export interface FinishedBackup {
  /** Snapshots that were there before, the newest first. */
  readonly before: readonly Snapshot[];
  readonly report: BackupReport;
  /** Requests for MIME. */
  readonly mime: number;
  /** How the snapshot differs from the mailbox. */
  readonly differences: readonly string[];
  readonly check: CheckReport;
}

/** Backs up to the end, compares the snapshot with the mailbox and checks the repository. */
export async function finishBackup(exchange: Exchange, { folder }: UserScriptSettings): Promise<FinishedBackup> {
  const { tenant, credentials, fetch, control, requests } = exchange;
  const repository = await openRepository({ destination: localDestination({ path: folder }), key });
  const before = await Array.fromAsync(repository.snapshots({ checkpoints: true }));
  const ada = await exchangeOnline({ tenant, credentials, fetch }).mailbox(ADA);
  const mimeBefore = requests.counts.mime;
  const report = await repository.backup(ada);
  const mime = requests.counts.mime - mimeBefore;
  const differences = await differencesFromMailbox(repository, report.snapshot.id, await control.messages(ADA));
  const check = await repository.check({ level: 'decryption' });
  await repository.close();
  return { before, report, mime, differences, check };
}

/** Where a first backup was when its process was killed. */
export interface Interruption {
  /** Whether it was killed; it may have been faster. */
  readonly killed: boolean;
  /** Items it had stored. */
  readonly items: number;
  /** Checkpoints it had reported. */
  readonly checkpoints: number;
}

/**
 * Runs a backup and kills its process after a random number of checkpoints (from `atLeast` on) and some more items and
 * milliseconds, so that the kill meets it anywhere.
 */
export async function interruptBackup(
  settings: UserScriptSettings,
  randomness: SeededRandomness,
  { atLeast = 1, atMost = 4 }: { readonly atLeast?: number; readonly atMost?: number } = {},
): Promise<Interruption> {
  const killAt = [
    randomKillMoment(randomness, { line: /^checkpoint/, count: [atLeast, atMost] }),
    randomKillMoment(randomness, { count: [0, 48], afterMs: [0, 10] }),
  ];
  const { killed, lines } = await startUserScript(settings, { killAt });
  const count = (begin: string): number => lines.filter((line) => line.startsWith(begin)).length;
  return { killed, items: count('item'), checkpoints: count('checkpoint') };
}
