import { isDeepStrictEqual } from 'node:util';
import { CryptoError, DestinationError, RepositoryError } from '@holdfast/contracts';
import type { CheckReport } from '@holdfast/core';
import type { Objects } from '../support/harness.ts';
import type { Alteration } from './alterations.ts';
import { knownOf, lookAt } from './look.ts';
import type { Answers, Known } from './look.ts';
import type { DamageSample } from './sample.ts';

/** A sample, and what it tells while it is sound. */
export interface Truth {
  readonly sample: DamageSample;
  readonly known: Known;
  readonly answers: Answers;
  /** The newest snapshot: the only object that no other one names, because writing it is the commit of a run. */
  readonly newest: { readonly object: string; readonly id: string };
}

/** What came of one alteration. */
export interface Outcome {
  /**
   * `refused`: opening, or something that was asked, ended in a typed error that names the object; `named`: every
   * answer was right, and the check names the object; `earlier`: the newest snapshot is gone, and every answer is that
   * of the repository before the run that wrote it, of which the check shows the remains.
   */
  readonly verdict: 'refused' | 'named' | 'earlier';
  /** Everything that must not be: wrong data, other errors, a check that does not name the object, a write. */
  readonly complaints: readonly string[];
}

/** Learns what a sample tells while it is sound, and holds it against what was in the mailbox. */
export async function truthOf(sample: DamageSample): Promise<Truth> {
  const repository = await sample.open(new Map(sample.objects), { keys: true });
  const known = await knownOf(repository);
  const answers = await lookAt(repository, known);
  for (const [question, answer] of answers) if ('error' in answer) throw new Error(question, { cause: answer.error });
  const snapshots = known.snapshots.filter(({ complete }) => complete).toReversed();
  for (const [run, { id }] of snapshots.entries()) {
    const told = restoredParts(answers, id);
    if (!isDeepStrictEqual(told, sample.mailboxes[run]))
      throw new Error(`snapshot ${id} is not the mailbox of its run`);
  }
  if (snapshots.length !== sample.mailboxes.length) throw new Error('a run left no snapshot');
  const object = [...sample.objects.keys()].findLast((name) => name.startsWith('snapshots/')) ?? '';
  return { sample, known, answers, newest: { object, id: known.snapshots[0]?.id ?? '' } };
}

/** Parts by item, as a restore of a snapshot delivered them. */
function restoredParts(answers: Answers, snapshot: string): Record<string, unknown> {
  const parts: Record<string, unknown> = {};
  for (const [question, answer] of answers) {
    const place = question.startsWith(`restore ${snapshot} `) ? (question.split(' ')[2] ?? '') : '';
    if (place === '' || !('text' in answer)) continue;
    parts[place] = Object.fromEntries((JSON.parse(answer.text) as { parts: [string, string][] }).parts);
  }
  return parts;
}

/** Opens a storage after an alteration, asks everything and checks it. */
export async function meetDamage(truth: Truth, { kind, changes }: Alteration): Promise<Outcome> {
  const { sample, known, newest } = truth;
  const storage: Objects = new Map(sample.objects);
  for (const [name, bytes] of changes) {
    if (bytes === undefined) storage.delete(name);
    else storage.set(name, { bytes, modified: 0 });
  }
  const before = new Map(storage);
  const names = [...changes.keys()];
  const complaints: string[] = [];
  let verdict: Outcome['verdict'] = 'named';
  try {
    const keys = names.some((name) => name === 'config' || name.startsWith('keys/'));
    const repository = await sample.open(storage, { keys });
    const told = await lookAt(repository, known);
    const report = await repository.check({ level: 'decryption' });
    if (kind === 'removal' && changes.has(newest.object)) {
      verdict = 'earlier';
      complaints.push(...compare(earlierAnswers(truth), told, [newest.id]).complaints);
      if (report.unclaimed.length === 0) complaints.push('the check shows nothing of the run that is gone');
    } else {
      const compared = compare(truth.answers, told, names);
      if (compared.refusals > 0) verdict = 'refused';
      // Of a newest snapshot that is gone nothing is left to name it: the other one, in its place, is named.
      const traced = names.filter((name) => name !== newest.object || changes.get(name) !== undefined);
      complaints.push(...compared.complaints, ...unnamed(report, traced));
    }
  } catch (error) {
    verdict = 'refused';
    // Of a key that is gone nobody knows the name; a slot of another repository contradicts the config.
    const key = names.some((name) => name.startsWith('keys/'));
    complaints.push(...faultOf('open', error, key ? [...names, 'keys/', 'the key slots'] : names));
  }
  if (storage.size !== before.size || [...before].some(([name, object]) => storage.get(name) !== object)) {
    complaints.push('something was written');
  }
  return { verdict, complaints };
}

/** What the sample told before its newest snapshot: an error where it is asked for. */
function earlierAnswers({ answers, known, newest }: Truth): Answers {
  const earlier: Answers = new Map();
  for (const [question, answer] of answers) {
    if (question.includes(newest.id) || question === 'diff') earlier.set(question, { error: undefined });
    else earlier.set(question, answer);
  }
  const list = answers.get('list');
  const listed = JSON.parse(list !== undefined && 'text' in list ? list.text : '[]') as { readonly id: string }[];
  earlier.set('list', { text: JSON.stringify(listed.filter(({ id }) => id !== newest.id)) });
  const [, before] = known.snapshots.filter(({ complete }) => complete);
  earlier.set('latest', { text: JSON.stringify(before?.id) });
  return earlier;
}

/** Holds answers against what they must be; where one is an error, it must be typed and name one of the names. */
function compare(
  truth: Answers,
  told: Answers,
  names: readonly string[],
): { readonly complaints: readonly string[]; readonly refusals: number } {
  const complaints: string[] = [];
  let refusals = 0;
  for (const [question, right] of truth) {
    const answer = told.get(question);
    if (answer === undefined) {
      if (!isAccountedFor(question, told)) complaints.push(`${question}: no answer and no error`);
    } else if ('error' in answer) {
      refusals += 1;
      complaints.push(...faultOf(question, answer.error, names));
    } else if ('error' in right || answer.text !== right.text) complaints.push(`${question}: wrong: ${answer.text}`);
  }
  for (const question of told.keys()) if (!truth.has(question)) complaints.push(`${question}: nobody asked`);
  return { complaints, refusals };
}

/** An item that did not arrive is accounted for by an error of the restore as a whole, or a line in its report. */
function isAccountedFor(question: string, told: Answers): boolean {
  const [what = '', snapshot] = question.split(' ');
  const restore = told.get(`restore ${snapshot}`);
  return ['plan', 'restore'].includes(what) && restore !== undefined && 'error' in restore;
}

function faultOf(question: string, error: unknown, names: readonly string[]): string[] {
  if (!isTyped(error)) return [`${question}: not an error of ours: ${String(error)}`];
  const text = `${error.message} ${'details' in error ? JSON.stringify(error.details) : ''}`;
  return names.some((name) => text.includes(name)) ? [] : [`${question}: names something else: ${error.message}`];
}

function isTyped(error: unknown): error is Error {
  const reported = error instanceof Error && 'reported' in error;
  return reported || RepositoryError.is(error) || CryptoError.is(error) || DestinationError.is(error);
}

/** Objects that were altered and that no problem of a check names. */
function unnamed({ problems }: CheckReport, names: readonly string[]): string[] {
  return names
    .filter((name) => !problems.some(({ object, message }) => object.includes(name) && message.includes(name)))
    .map((name) => `the check does not name ${name}: ${problems.map(({ message }) => message).join(' ') || 'nothing'}`);
}
