import { SourceError } from '@holdfast/contracts';
import type { OperationOptions } from '@holdfast/contracts';

import { relativeUrl, sendBatch } from '../client/batch.ts';
import { BATCH_SIZE } from '../client/service-limits.ts';
import type { ServiceResponse } from '../client/call.ts';
import { breaksOnContent, isNotFound, isPermanent, toSourceError } from '../client/service-error.ts';
import type { FailureSubject } from '../client/service-error.ts';
import { asObject, asString, objectsOf } from '../json-access.ts';
import { IMMUTABLE_IDS, aboutFolder, aboutMailbox, folderPath, messagePath } from '../mailbox-context.ts';
import type { MailboxContext } from '../mailbox-context.ts';
import { listPages, trustedLink } from '../pages.ts';
import { CANDIDATE_QUERY, candidateQuery, toCandidate } from './candidate.ts';
import type { Candidate } from './candidate.ts';

/** A message that candidates are looked for. */
export interface Sought {
  /** Its id in this mailbox, if it was taken out of it. */
  readonly ownId: string | undefined;
  /** Its Message-ID, if it has one. */
  readonly messageId: string | undefined;
  /** What its mark would tell of where it comes from. */
  readonly origin: string;
}

/** What is in one folder of the target, or in the whole mailbox, as far as it was asked for. */
export interface FolderContents {
  /** The messages that may be those sought, for each of them, in the same order. */
  candidatesOf(sought: readonly Sought[], options?: OperationOptions): Promise<readonly (readonly Candidate[])[]>;
}

/** Messages on a page of a list that tells no more than ids of each. */
const PAGE_SIZE = 500;

/**
 * Makes the contents of a folder: asked for message by message, twenty a batch, until that has cost as many requests as
 * the list of the whole folder would; then the folder is listed once and remembered. Messages that are deleted while a
 * list of several pages is read push others from one page to another unseen, so what such a list does not show is asked
 * for by itself.
 */
export function folderContents(context: MailboxContext, folderId: string): FolderContents {
  const subject = aboutFolder(context, folderId);
  const path = `${folderPath(context, folderId)}/messages`;
  let asked = 0;
  let pages: number | undefined;
  let listed: CandidateIndex | undefined;

  async function countPages(options: OperationOptions): Promise<number> {
    const target = folderPath(context, folderId);
    const query = { $select: 'totalItemCount' };
    const folder = await context.client.json({ kind: 'locate', method: 'GET', target, query, ...options }, subject);
    const count = folder['totalItemCount'];
    return typeof count === 'number' ? Math.ceil(count / PAGE_SIZE) : Number.POSITIVE_INFINITY;
  }

  async function list(options: OperationOptions): Promise<CandidateIndex | undefined> {
    if (pages === 0) return candidateIndex();
    const index = candidateIndex();
    const query = { ...CANDIDATE_QUERY, $top: String(PAGE_SIZE) };
    const request = { kind: 'locate', method: 'GET', target: path, query, headers: IMMUTABLE_IDS, ...options } as const;
    try {
      for await (const page of listPages(context, request, subject)) {
        // One text for the folder of all of them: lists are long.
        for (const message of page) index.add(toCandidate({ ...message, parentFolderId: folderId }));
      }
    } catch (error) {
      if (SourceError.is(error, 'ERR_SOURCE_PROTOCOL')) return undefined;
      throw error;
    }
    return index;
  }

  return {
    async candidatesOf(sought, { signal } = {}) {
      if (sought.length === 0) return [];
      pages ??= await countPages({ signal });
      if (listed === undefined && pages <= asked + sought.length) {
        listed = await list({ signal });
        // A message that breaks the list does not break the answers about others.
        if (listed === undefined) pages = Number.POSITIVE_INFINITY;
      }
      const known = new Map(sought.map((one) => [one, listed?.find(one) ?? []]));
      const open = listed === undefined || pages > 1 ? sought.filter((one) => known.get(one)?.length === 0) : [];
      asked += open.length;
      const found = await askForCandidates(context, { path, folderId, gone: subject }, open, { signal });
      for (const [index, one] of open.entries()) known.set(one, found[index] ?? []);
      return sought.map((one) => known.get(one) ?? []);
    },
  };
}

/** Looks for messages anywhere in the mailbox, twenty a batch. */
export async function askMailboxForCandidates(
  context: MailboxContext,
  sought: readonly Sought[],
  options: OperationOptions,
): Promise<readonly (readonly Candidate[])[]> {
  const place = { path: `${context.path}/messages`, folderId: undefined, gone: aboutMailbox(context) };
  return askForCandidates(context, place, sought, options);
}

/** Where messages are looked for. */
interface Place {
  readonly path: string;
  /** The folder; absent for the whole mailbox. */
  readonly folderId: string | undefined;
  /** What it means that it is not there. */
  readonly gone: FailureSubject;
}

async function askForCandidates(
  context: MailboxContext,
  place: Place,
  sought: readonly Sought[],
  options: OperationOptions,
): Promise<readonly (readonly Candidate[])[]> {
  const found = new Map<Sought, readonly Candidate[]>();
  const nameless: Sought[] = [];
  for (const group of groupsOf(sought)) {
    const answers = await ask(
      context,
      group.map((one) => relativeUrl(place.path, candidateQuery(one))),
      options,
    );
    for (const [index, one] of group.entries()) {
      let answer = answers[index];
      const isBroken = answer !== undefined && isSick(answer);
      if (one.messageId === undefined || isBroken) nameless.push(one);
      // A message that cannot be shown hides those of its Message-ID; what we restored can still be told by its mark.
      if (isBroken) {
        const query = candidateQuery({ ...one, messageId: undefined });
        [answer] = await ask(context, [relativeUrl(place.path, query)], options);
      }
      if (answer === undefined) throw new SourceError('ERR_SOURCE_PROTOCOL', { reason: 'a batch without an answer' });
      if (!answer.ok) throw toSourceError(answer, isNotFound(answer) ? place.gone : { mailbox: context.address });
      found.set(one, await candidatesIn(context, answer, options));
    }
  }
  // In the mailbox that it was taken out of, a message is also known by its id.
  const own = nameless.filter(({ ownId }) => ownId !== undefined);
  for (const [one, itself] of await askById(context, place, own, options)) {
    const known = found.get(one) ?? [];
    if (known.every(({ id }) => id !== itself.id)) found.set(one, [itself, ...known]);
  }
  return sought.map((one) => found.get(one) ?? []);
}

async function askById(
  context: MailboxContext,
  { folderId }: Place,
  sought: readonly Sought[],
  options: OperationOptions,
): Promise<ReadonlyMap<Sought, Candidate>> {
  const found = new Map<Sought, Candidate>();
  for (const group of groupsOf(sought)) {
    const urls = group.map(({ ownId = '' }) => relativeUrl(messagePath(context, ownId), CANDIDATE_QUERY));
    for (const [index, answer] of (await ask(context, urls, options)).entries()) {
      const one = group[index];
      if (one === undefined || isNotFound(answer) || isSick(answer)) continue;
      if (!answer.ok) throw toSourceError(answer, aboutMailbox(context));
      const candidate = toCandidate({ ...asObject(answer.json), id: one.ownId ?? '' });
      if (candidate === undefined || (folderId !== undefined && candidate.folderId !== folderId)) continue;
      found.set(one, candidate);
    }
  }
  return found;
}

/** Whether an answer failed for good because of a message that it would show; any other failure says nothing of it. */
function isSick(answer: ServiceResponse): boolean {
  return !answer.ok && (breaksOnContent(answer) || isPermanent(answer));
}

function* groupsOf(sought: readonly Sought[]): Generator<readonly Sought[]> {
  for (let start = 0; start < sought.length; start += BATCH_SIZE) yield sought.slice(start, start + BATCH_SIZE);
}

function ask(
  context: MailboxContext,
  urls: readonly string[],
  { signal }: OperationOptions,
): Promise<readonly ServiceResponse[]> {
  const subject = { mailbox: context.address };
  return sendBatch(context.client, { kind: 'locate', urls, headers: IMMUTABLE_IDS, signal }, subject);
}

async function candidatesIn(
  context: MailboxContext,
  { json }: ServiceResponse,
  { signal }: OperationOptions,
): Promise<readonly Candidate[]> {
  const body = asObject(json);
  const messages = [...objectsOf(body?.['value'])];
  const link = asString(body?.['@odata.nextLink']);
  if (link !== undefined) {
    const target = trustedLink(context.client, link);
    const next = { kind: 'locate', method: 'GET', target, headers: IMMUTABLE_IDS, signal } as const;
    for await (const page of listPages(context, next, { mailbox: context.address })) messages.push(...page);
  }
  return messages.map((message) => toCandidate(message)).filter((candidate) => candidate !== undefined);
}

interface CandidateIndex {
  add(candidate: Candidate | undefined): void;
  find(sought: Sought): readonly Candidate[];
}

function candidateIndex(): CandidateIndex {
  // Nearly every key has one candidate, and a list of one takes as much memory as half of it.
  const byKey = new Map<string, Candidate | Candidate[]>();
  const listOf = (key: string): readonly Candidate[] => {
    const found = byKey.get(key);
    return found === undefined ? [] : 'id' in found ? [found] : found;
  };
  return {
    add(candidate) {
      if (candidate === undefined) return;
      const { id, messageId, mark } = candidate;
      // Ids, Message-IDs and hashes cannot be taken for each other.
      for (const key of [id, messageId, mark?.origin]) {
        if (key === undefined) continue;
        const known = byKey.get(key);
        if (known === undefined) byKey.set(key, candidate);
        else if ('id' in known) byKey.set(key, [known, candidate]);
        else known.push(candidate);
      }
    },
    find: ({ ownId, messageId, origin }) => [
      ...new Set([ownId, messageId, origin].flatMap((key) => (key === undefined ? [] : listOf(key)))),
    ],
  };
}
