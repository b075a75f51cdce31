import { inspect } from 'node:util';
import type { BackupReport, RestoreReport } from '@holdfast/core';
import type { RequestKind } from '@holdfast/simulators/exchange';
import { letter } from './letters.ts';
import {
  addOrdinaryMail,
  complaintsAboutError,
  differencesOfSnapshot,
  linesOf,
  restoreLinesOf,
  showsContent,
  startBadWorld,
} from './live-with.ts';
import type { BadMailOutcome, BadWorld } from './live-with.ts';
import { use } from './use.ts';
import { ADA, EVE } from './world.ts';

/** When the pages begin. */
export type HtmlMoment = 'beginning' | 'middle';

/** A page of a proxy or of a sign-in where an answer of the service should be. */
export interface HtmlAnswers {
  readonly status: number;
  readonly moment: HtmlMoment;
  /** Which requests are answered so. */
  readonly kind: RequestKind;
}

/** What a backup asks for, and a restore, at its beginning and in its middle. */
export const HTML_KINDS: Readonly<Record<'backup' | 'restore', Readonly<Record<HtmlMoment, readonly RequestKind[]>>>> =
  {
    backup: {
      beginning: ['token', 'users', 'batch', 'folders', 'delta', 'mime'],
      middle: ['token', 'delta', 'mime'],
    },
    restore: {
      beginning: ['token', 'folders', 'messages', 'create', 'attach', 'upload'],
      middle: ['token', 'folders', 'create', 'attach'],
    },
  };

/** One is enough where the client does not try again; where it does, more than it has patience for. */
const MANY = 400;

/** Backs up while a stranger answers; the next run must bring everything. */
export function backUpThroughHtml(answers: HtmlAnswers): Promise<BadMailOutcome> {
  return use(startBadWorld(), (world) => backUpIn(world, answers));
}

async function backUpIn(world: BadWorld, { status, moment, kind }: HtmlAnswers): Promise<BadMailOutcome> {
  const { control, repository, ada, online, exchange, log } = world;
  await addOrdinaryMail(world);
  const complaints: string[] = [];
  let stored = 0;
  const begin = (): void => {
    control.answerHtml(status < 500 ? 1 : MANY, { status, kinds: [kind] });
    // Otherwise nobody would ask for one.
    if (kind === 'token') control.expireTokens();
  };
  if (moment === 'beginning') begin();
  const outcome = await settled(
    online.mailbox(ADA).then((mailbox) =>
      repository.backup(mailbox, {
        concurrency: 2,
        checkpoint: { items: 1 },
        onProgress({ type }) {
          if (type === 'item-stored' && ++stored === 5 && moment === 'middle') begin();
        },
      }),
    ),
  );
  complaints.push(...complaintsAbout(outcome, linesOf));
  control.answerHtml(0);
  const met = exchange.requests.faults.html;
  if (met === 0) complaints.push('nobody met with a page');
  const readBefore = exchange.requests.counts.mime;
  const next = await repository.backup(ada);
  if (outcome.error !== undefined) {
    // What was stored before is not read again, but for what was under way: it is told when others were read already.
    const [messages, reread] = [
      await control.messages(ADA, { mime: false }),
      exchange.requests.counts.mime - readBefore,
    ];
    if (reread > messages.length - stored + 4)
      complaints.push(`${reread} messages were read, ${stored} were stored before`);
  }
  if (next.result !== 'complete') complaints.push(`the next run: ${inspect(linesOf(next))}`);
  complaints.push(...(await differencesOfSnapshot(world, next.snapshot.id, [])));
  complaints.push(...log.filter((text) => showsContent(text) || /<html/i.test(text)));
  return { outcome: `${told(outcome, linesOf)} (${met} pages)`, complaints };
}

/** Restores while a stranger answers; a second restore must bring what is missing, and nothing twice. */
export function restoreThroughHtml(answers: HtmlAnswers): Promise<BadMailOutcome> {
  return use(startBadWorld(), (world) => restoreIn(world, answers));
}

async function restoreIn(world: BadWorld, { status, moment, kind }: HtmlAnswers): Promise<BadMailOutcome> {
  const { control, repository, ada, eve, exchange, log } = world;
  await addOrdinaryMail(world);
  const file = { kind: 'file', name: 'large.bin', contentType: 'application/octet-stream', isInline: false } as const;
  const bytes = new Uint8Array(3_200_000).fill(7);
  const attachments = [{ ...file, contentId: undefined, bytes }];
  await control.addMessage(ADA, 'inbox', letter(99, { mime: undefined, attachments }));
  const { snapshot } = await repository.backup(ada);
  const plan = await repository.planRestore({ snapshot: snapshot.id });
  const complaints: string[] = [];
  let done = 0;
  const begin = (): void => {
    control.answerHtml(status < 500 ? 1 : MANY, { status, kinds: [kind] });
    if (kind === 'token') control.expireTokens();
  };
  // Something is there already, so that the target is asked for it.
  await control.addMessage(EVE, 'inbox', letter(500));
  await control.addMessage(EVE, ['Archive'], letter(501));
  const own = new Set((await control.messages(EVE, { mime: false })).map(({ id }) => id));
  if (moment === 'beginning') begin();
  const outcome = await settled(
    repository.restore(plan, eve, {
      concurrency: 2,
      onProgress({ type }) {
        if (type !== 'progress' && ++done === 3 && moment === 'middle') begin();
      },
    }),
  );
  complaints.push(...complaintsAbout(outcome, restoreLinesOf));
  control.answerHtml(0);
  const met = exchange.requests.faults.html;
  if (met === 0) complaints.push('nobody met with a page');
  const next = await repository.restore(plan, eve);
  if (next.result !== 'complete') complaints.push(`the next restore: ${inspect(restoreLinesOf(next))}`);
  const wanted = (await control.messages(ADA, { mime: false })).map((message) => placeOf(message)).toSorted();
  const found = (await control.messages(EVE, { mime: false }))
    .filter(({ id }) => !own.has(id))
    .map((message) => placeOf(message))
    .toSorted();
  if (!sameTexts(wanted, found)) complaints.push(`${found.length} messages for ${wanted.length}: ${inspect(found)}`);
  complaints.push(...log.filter((text) => showsContent(text) || /<html/i.test(text)));
  return { outcome: `${told(outcome, restoreLinesOf)} (${met} pages)`, complaints };
}

type Outcome<Report> =
  | { readonly report: Report; readonly error?: undefined }
  | { readonly report?: undefined; readonly error: unknown };

async function settled<Report>(run: Promise<Report>): Promise<Outcome<Report>> {
  try {
    return { report: await run };
  } catch (error) {
    return { error };
  }
}

function complaintsAbout<Report extends BackupReport | RestoreReport>(
  { report, error }: Outcome<Report>,
  linesIn: (report: Report) => readonly string[],
): readonly string[] {
  if (report === undefined) return complaintsAboutError(error);
  const lines = linesIn(report);
  return (report.result === 'complete') === (lines.length === 0) ? [] : [`${report.result} with ${lines.length} lines`];
}

function told<Report>({ report, error }: Outcome<Report>, linesIn: (report: Report) => readonly string[]): string {
  if (report === undefined) return String((error as { code?: unknown }).code);
  const lines = linesIn(report);
  return lines.length === 0 ? 'success' : `lines: ${[...new Set(lines)].join(', ')} (${lines.length})`;
}

function placeOf({
  folder,
  content,
}: {
  folder: readonly string[];
  content: { subject: string; attachments: readonly object[] };
}): string {
  return `${folder.join('/')}: ${content.subject}, ${content.attachments.length} files`;
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, index) => text === b[index]);
}
