import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { HoldfastError } from '@holdfast/contracts';
import type { Logger } from '@holdfast/contracts';
import type { BackupReport, RestoreReport } from '@holdfast/core';
import type { MessageContent, MessageState } from '@holdfast/simulators/exchange';
import { verify } from '../../examples/quickstart/verify.ts';
import { fastClock } from './fast-clock.ts';
import { differencesOfFolders, stateOfMailbox, stateOfSnapshot } from './folder-states.ts';
import { draft, letter } from './letters.ts';
import { use } from './use.ts';
import { ADA, EVE, startWorld } from './world.ts';
import type { World, WorldOptions } from './world.ts';

/** Stands in every text of bad mail, so that it shows wherever content gets out. */
export const MARKER = 'Rosebud';

/** What is not to be had of a mailbox with something bad in it; everything else is. */
export interface Exceptions {
  /** Lines of the backup's report, by code. */
  readonly lines?: readonly string[] | undefined;
  /** Ids of messages that cannot be in the snapshot. */
  readonly unread?: readonly string[] | undefined;
  /** Lines of the restore's report, by code. */
  readonly restoreLines?: readonly string[] | undefined;
  /** Ids of messages that cannot be restored. */
  readonly unrestored?: readonly string[] | undefined;
  /** What the restored messages of these ids may have otherwise, because no target could hold it. */
  readonly altered?: Readonly<Record<string, string>> | undefined;
  /** Mends the mailbox; then a further run must bring everything. */
  readonly mend?: ((world: World) => void) | undefined;
}

/** How it went. */
export interface BadMailOutcome {
  /** What came of the bad thing, in a few words. */
  readonly outcome: string;
  /** What is not as it must be. */
  readonly complaints: readonly string[];
}

/** Folders of Recoverable Items, which is not backed up. */
const RECOVERABLE: ReadonlySet<string> = new Set(['recoverableitemsdeletions', 'Purges', 'Versions']);

/** A world for bad mail, with everything that was logged. */
export type BadWorld = World & { readonly log: readonly string[] };

/** Puts the bad thing into the mailbox, and says what is not to be had then. */
type Arrange = (world: World) => Promise<Exceptions> | Exceptions;

/** A world for bad mail: everything that is logged is kept, and time runs fast. */
export async function startBadWorld(options: WorldOptions = {}): Promise<BadWorld> {
  const log: string[] = [];
  const note = (message: string, fields?: object): void => void log.push(`${message} ${JSON.stringify(fields ?? {})}`);
  const logger: Logger = { debug: note, info: note, warn: note, error: note };
  const clock = fastClock(500);
  return Object.assign(await startWorld({ key: 'none', clock, clientClock: clock, logger, ...options }), { log });
}

/** Puts ordinary mail into the mailbox that is backed up. */
export async function addOrdinaryMail({ control }: Pick<World, 'control'>): Promise<void> {
  const bytes = new TextEncoder().encode('plan '.repeat(1000));
  const common = { kind: 'file', contentType: 'text/plain', isInline: false, contentId: undefined } as const;
  for (let i = 0; i < 12; i += 1) {
    const attachments = i % 4 === 0 ? [{ ...common, name: `plan-${i}.txt`, bytes }] : [];
    const content = i % 5 === 4 ? draft(i) : letter(i, attachments.length > 0 ? { attachments, mime: undefined } : {});
    await control.addMessage(ADA, ['inbox', 'Projects/Bridge', 'Archive'][i % 3] ?? '', content);
  }
}

/**
 * Backs up a mailbox with ordinary mail and something bad in it, looks at the snapshot in every way there is, backs up
 * again, restores it all into another mailbox, twice, and tells everything that is not as it must be.
 */
export function liveWith(arrange: Arrange): Promise<BadMailOutcome> {
  return use(startBadWorld(), (world) => liveIn(world, arrange));
}

async function liveIn(world: BadWorld, arrange: Arrange): Promise<BadMailOutcome> {
  const { control, repository, ada, eve, log } = world;
  const complaints: string[] = [];
  const expectThat = (holds: boolean, complaint: () => string): void => {
    if (!holds) complaints.push(complaint());
  };
  await addOrdinaryMail(world);
  const exceptions = await arrange(world);
  const { lines = [], restoreLines = [], unread = [], unrestored = [], altered = {}, mend } = exceptions;

  const first = await repository.backup(ada);
  expectThat(isDeepEqual(linesOf(first), lines), () => `lines of the backup: ${inspect(linesOf(first))}`);
  expectThat((first.result === 'complete') === (lines.length === 0), () => `the backup is ${first.result}`);
  complaints.push(...(await differencesOfSnapshot(world, first.snapshot.id, unread)));

  const second = await repository.backup(ada);
  const { added, changed, moved, removed } = second.snapshot.statistics;
  expectThat(second.unchanged === (lines.length === 0), () => `the second run says unchanged: ${second.unchanged}`);
  expectThat(
    added + changed + moved + removed === 0,
    () => `the second run changed ${inspect(second.snapshot.statistics)}`,
  );
  expectThat(isDeepEqual(linesOf(second), lines), () => `lines of the second run: ${inspect(linesOf(second))}`);
  complaints.push(...(await differencesOfSnapshot(world, second.snapshot.id, unread)));
  complaints.push(...(await differencesInBrowsing(world, second.snapshot.id, unread)));
  for await (const { type } of repository.diff({ from: first.snapshot.id, to: second.snapshot.id })) {
    complaints.push(`two equal snapshots differ: ${type}`);
  }

  const original = (await control.messages(ADA)).filter(({ id }) => !unread.includes(id));
  const plan = await repository.planRestore({ snapshot: second.snapshot.id });
  const preview = await repository.previewRestore(plan, eve);
  expectThat(preview.actions.create === original.length, () => `the preview says ${inspect(preview.actions)}`);
  const restored = await repository.restore(plan, eve);
  const told = restoreLinesOf(restored);
  expectThat(isDeepEqual(told, restoreLines), () => `lines of the restore: ${inspect(told)}`);
  const ids = new Map(restored.items.map(({ item, targetId = '' }) => [item, targetId]));
  const wanted = original.filter(({ id }) => !unrestored.includes(id));
  const { differences } = await verify(repository, second.snapshot.id, wanted, await control.messages(EVE), ids);
  const allowed = new Map(wanted.map(({ id, content }) => [content.subject, altered[id]]));
  for (const { subject, what } of differences) {
    if (allowed.get(subject) !== what) complaints.push(`restored ${inspect(subject)}: ${what}`);
  }
  const copies = new Map((await control.messages(EVE, { mime: false })).map((message) => [message.id, message]));
  for (const { id, content } of wanted) {
    // Whatever may be called otherwise, no byte of a file is another.
    const copy = copies.get(ids.get(id) ?? '');
    const isSame = isDeepEqual(digestsOf(content), copy === undefined ? undefined : digestsOf(copy.content));
    expectThat(isSame, () => `restored ${inspect(content.subject)}: other files`);
  }
  const again = await repository.restore(plan, eve);
  expectThat(again.restored === 0, () => `the second restore did ${inspect(again.actions)}`);
  expectThat(
    isDeepEqual(restoreLinesOf(again), restoreLines),
    () => `lines of the second restore: ${inspect(again.failures)}`,
  );
  const there = await control.messages(EVE, { mime: false });
  expectThat(there.length === wanted.length, () => `${there.length} messages for ${wanted.length}`);

  if (mend !== undefined) {
    mend(world);
    const third = await repository.backup(ada);
    expectThat(third.result === 'complete', () => `after mending: ${inspect(linesOf(third))}`);
    complaints.push(...(await differencesOfSnapshot(world, third.snapshot.id, [])));
  }
  const checked = await repository.check({ level: 'decryption' });
  expectThat(checked.result === 'sound', () => `damaged: ${inspect(checked.problems)}`);
  const shown = [...log, JSON.stringify([first.coverage.failures, restored.failures, restored.omissions])];
  complaints.push(...shown.filter((text) => showsContent(text)).map((text) => `shows content: ${text}`));
  const outcome = [...lines.map((code) => `backup ${code}`), ...restoreLines.map((code) => `restore ${code}`)];
  return { outcome: outcome.length === 0 ? 'success' : `a line each: ${outcome.join(', ')}`, complaints };
}

function digestsOf({ attachments }: MessageContent): readonly string[] {
  return attachments.map((attachment) =>
    attachment.kind === 'file' ? createHash('sha256').update(attachment.bytes).digest('hex') : attachment.kind,
  );
}

/** Whether a text quotes mail. */
export function showsContent(text: string): boolean {
  return text.includes(MARKER) || /Letter \d|This is letter|plan-\d/.test(text);
}

/** What is wrong with an error: it must be typed, and quote nothing, in whatever way it is printed. */
export function complaintsAboutError(error: unknown): readonly string[] {
  if (!(error instanceof HoldfastError)) return [`no typed error: ${inspect(error)}`];
  const shown = `${error.message} ${inspect(error, { depth: null, showHidden: true })} ${JSON.stringify(error)}`;
  return showsContent(shown) || /<html/i.test(shown) ? [`shows content: ${shown}`] : [];
}

/** Codes of what a backup could not have, in order. */
export function linesOf({ coverage }: BackupReport): readonly string[] {
  const { failures, collections, omitted } = coverage;
  const ofCollections = collections.flatMap(({ state, cause = '' }) => (state === 'failed' ? [cause] : []));
  const lost = omitted.flatMap((omission) => (omission.lost ? [omission.reason] : []));
  return [...failures.map(({ code }) => code), ...ofCollections, ...lost].toSorted();
}

/** Codes of what a restore could not do, in order. */
export function restoreLinesOf({ failures, failedCollections, omissions, ended }: RestoreReport): readonly string[] {
  // The items of a collection that cannot be made have lines of their own.
  const told = new Set(failures.map(({ collection }) => collection));
  const empty = failedCollections.filter(({ collection }) => !told.has(collection));
  const omitted = omissions.flatMap((omission) => omission.omitted.map(({ part, reason }) => `${part}: ${reason}`));
  const codes = [...failures, ...empty].map(({ code }) => code);
  return [...codes, ...omitted, ...(ended === undefined ? [] : [`ended ${ended.code}`])].toSorted();
}

/** How a snapshot differs from the mailbox, these messages excepted: folders by id and name, messages byte for byte. */
export async function differencesOfSnapshot(
  { control, repository }: Pick<World, 'control' | 'repository'>,
  snapshot: string,
  unread: readonly string[],
): Promise<string[]> {
  const complaints: string[] = [];
  const mailbox = await stateOfMailbox(control, ADA);
  const found = await stateOfSnapshot(repository, snapshot);
  const names = new Map<string, string>();
  for await (const { id, name } of repository.collections({ snapshot })) names.set(id, name);
  for (const { id, path, isSearch, wellKnownName } of control.folders(ADA)) {
    if (isSearch || path.length === 0 || RECOVERABLE.has(wellKnownName ?? path[0] ?? '')) continue;
    const items = found.get(id);
    if (items === undefined) complaints.push(`the folder ${inspect(path)} is missing`);
    else complaints.push(...differencesOfFolders(mailbox.get(id) ?? new Map(), items, new Set(unread)));
    const name = path.at(-1)?.toWellFormed();
    if (names.get(id) !== name) complaints.push(`the folder ${inspect(path)} is called ${names.get(id)}`);
  }
  return complaints;
}

/** Looks at the folders of a snapshot through lists, sorted by date and cut by date, and compares with the mailbox. */
async function differencesInBrowsing(
  { control, repository }: World,
  snapshot: string,
  unread: readonly string[],
): Promise<string[]> {
  const complaints: string[] = [];
  const byFolder = Map.groupBy(await control.messages(ADA, { mime: false }), ({ folderId }) => folderId);
  for (const [collection, messages] of byFolder) {
    const wanted = messages.filter(({ id }) => !unread.includes(id)).toSorted(byReceived);
    const { items } = await repository.browse({
      snapshot,
      collection,
      sortBy: 'date',
      order: 'ascending',
      pageSize: 1000,
    });
    const dates = wanted.map(({ content }) => secondsOf(content.receivedTime));
    const listed = items.map(({ summary }) => summary.date);
    if (!isDeepEqual(dates, listed)) complaints.push(`sorted by date: ${inspect(listed)} for ${inspect(dates)}`);
    for (const edge of dates) {
      for (const filter of [{ since: new Date(edge) }, { until: new Date(edge) }]) {
        const { total } = await repository.browse({ snapshot, collection, filter });
        const fitting = dates.filter((date) => ('since' in filter ? date >= edge : date < edge)).length;
        if (total !== fitting) complaints.push(`${inspect(filter)}: ${total} messages for ${fitting}`);
      }
    }
  }
  return complaints;
}

const byReceived = (a: MessageState, b: MessageState): number => a.content.receivedTime - b.content.receivedTime;

/** The service knows whole seconds. */
function secondsOf(milliseconds: number): number {
  return Math.floor(milliseconds / 1000) * 1000;
}

function isDeepEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
