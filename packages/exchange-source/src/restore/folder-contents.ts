import { SourceError } from '@holdfast/contracts';
import type { OperationOptions } from '@holdfast/contracts';

import { relativeUrl, sendBatch } from '../client/batch.ts';
import { BATCH_SIZE } from '../client/service-limits.ts';
import type { ServiceResponse } from '../client/call.ts';
import { isNotFound, toSourceError } from '../client/service-error.ts';
import type { FailureSubject } from '../client/service-error.ts';
import { asObject, asString, objectsOf } from '../json-access.ts';
import { IMMUTABLE_IDS, aboutFolder, aboutMailbox, folderPath } from '../mailbox-context.ts';
import type { MailboxContext } from '../mailbox-context.ts';
import { listPages, trustedLink } from '../pages.ts';
import { CANDIDATE_QUERY, candidateQuery, toCandidate } from './candidate.ts';
import type { Candidate } from './candidate.ts';

/** A message that candidates are looked for. */
export interface Sought {
  /** The id it had in its source. */
  readonly id: string;
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
 * the list of the whole folder would; then the folder is listed once and remembered.
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
        for (const message of page) index.add(toCandidate(message));
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
      if (listed !== undefined) return sought.map((one) => listed?.find(one) ?? []);
      asked += sought.length;
      return askForCandidates(context, { path, gone: subject }, sought, { signal });
    },
  };
}

/** Looks for messages anywhere in the mailbox, twenty a batch. */
export async function askMailboxForCandidates(
  context: MailboxContext,
  sought: readonly Sought[],
  options: OperationOptions,
): Promise<readonly (readonly Candidate[])[]> {
  return askForCandidates(context, { path: `${context.path}/messages`, gone: aboutMailbox(context) }, sought, options);
}

/** Where messages are looked for, and what it means that it is not there. */
interface Place {
  readonly path: string;
  readonly gone: FailureSubject;
}

async function askForCandidates(
  context: MailboxContext,
  { path, gone }: Place,
  sought: readonly Sought[],
  options: OperationOptions,
): Promise<readonly (readonly Candidate[])[]> {
  const found: (readonly Candidate[])[] = [];
  for (let start = 0; start < sought.length; start += BATCH_SIZE) {
    const group = sought.slice(start, start + BATCH_SIZE);
    const answers = await ask(context, path, group, options);
    for (const [index, one] of group.entries()) {
      let answer = answers[index];
      // A message that cannot be shown hides those of its Message-ID; what we restored can still be told by its mark.
      if (answer?.ok === false) [answer] = await ask(context, path, [{ ...one, messageId: undefined }], options);
      if (answer === undefined) throw new SourceError('ERR_SOURCE_PROTOCOL', { reason: 'a batch without an answer' });
      if (!answer.ok) throw toSourceError(answer, isNotFound(answer) ? gone : { mailbox: context.address });
      found.push(await candidatesIn(context, answer, options));
    }
  }
  return found;
}

function ask(
  context: MailboxContext,
  path: string,
  sought: readonly Sought[],
  { signal }: OperationOptions,
): Promise<readonly ServiceResponse[]> {
  const urls = sought.map((one) => relativeUrl(path, candidateQuery(one)));
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
  const byKey = new Map<string, Candidate[]>();
  return {
    add(candidate) {
      if (candidate === undefined) return;
      const { id, messageId, mark } = candidate;
      // Ids, Message-IDs and hashes cannot be taken for each other.
      for (const key of [id, messageId, mark?.origin]) {
        if (key === undefined) continue;
        const known = byKey.get(key);
        if (known === undefined) byKey.set(key, [candidate]);
        else known.push(candidate);
      }
    },
    find: ({ id, messageId, origin }) => [
      ...new Set([id, messageId, origin].flatMap((key) => (key === undefined ? [] : (byKey.get(key) ?? [])))),
    ],
  };
}
