import type { BackupReport, PlanRestoreOptions, RestoreOptions, RestoreReport } from '@holdfast/core';
import type { ExchangeMailbox } from '@holdfast/exchange-source';
import { expect } from 'vitest';
import { differencesFromMailbox } from '../differences.ts';
import { ADA } from '../world.ts';
import type { World, WorldOptions } from '../world.ts';

/** A trouble that the service is known for, and what has to become of it. */
export interface Pitfall {
  /** Its number in the list of pitfalls. */
  readonly number: number;
  /** What is promised, for the name of the test. */
  readonly title: string;
  /** What the world is made with, beside a clock on which waits take no time. */
  readonly world?: WorldOptions | undefined;
  /** Builds the trouble, backs up and restores, and asserts. */
  run(world: World): Promise<void>;
}

/** Backs Ada's mailbox up; everything must be there, and the snapshot must be the mailbox as the service knows it. */
export async function backUpWhole(world: World): Promise<BackupReport> {
  const report = await world.repository.backup(world.ada);
  expect(report).toMatchObject({ result: 'complete', coverage: { failures: [] } });
  await expectSnapshotIsMailbox(world);
  return report;
}

/** The newest snapshot must be Ada's mailbox as the service knows it. */
export async function expectSnapshotIsMailbox(
  { repository, control }: World,
  except: readonly string[] = [],
): Promise<void> {
  const messages = (await control.messages(ADA)).filter(({ id }) => !except.includes(id));
  expect(await differencesFromMailbox(repository, 'latest', messages)).toEqual([]);
}

/** What {@link restore} does beside restoring everything into Eve's mailbox. */
export interface RestoreChoice extends Partial<PlanRestoreOptions> {
  /** Into which mailbox. @defaultValue Eve's */
  readonly target?: ExchangeMailbox | undefined;
  /** Options of the run itself. */
  readonly run?: RestoreOptions | undefined;
}

/** Restores the newest snapshot. */
export async function restore(world: World, { target, run, ...choice }: RestoreChoice = {}): Promise<RestoreReport> {
  const plan = await world.repository.planRestore({ snapshot: 'latest', ...choice });
  return world.repository.restore(plan, target ?? world.eve, run);
}

/** Restores the newest snapshot into Eve's mailbox, of which nothing may be missing. */
export async function restoreWhole(world: World, choice: RestoreChoice = {}): Promise<RestoreReport> {
  const report = await restore(world, choice);
  expect(report).toMatchObject({ result: 'complete', ended: undefined, failures: [], omissions: [] });
  return report;
}

/** A number of bytes, without repetition, the same for the same number. */
export function someBytes(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let state = size + 1;
  for (let i = 0; i < size; i += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}
