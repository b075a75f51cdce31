import type { FailureSubject } from '../client/service-error.ts';
import { IMMUTABLE_IDS, folderPath } from '../mailbox-context.ts';
import type { MailboxContext } from '../mailbox-context.ts';
import { listPages } from '../pages.ts';
import { candidateQuery, toCandidate } from './candidate.ts';
import type { RestoreMark } from './restore-mark.ts';

/** The creating request whose outcome is not known. */
export interface UncertainCreation {
  /** The mark that the message carries. */
  readonly mark: RestoreMark;
  /** Its Message-ID, if it has one of its own. */
  readonly messageId: string | undefined;
  /** Messages that other requests created. */
  readonly others: ReadonlySet<string>;
  /** What it was about. */
  readonly subject: FailureSubject;
  /** Ends the search early. */
  readonly signal: AbortSignal | undefined;
}

/** Looks for the message of a creating request whose answer got lost, by its mark. Gives its id, if it is there. */
export async function findCreated(
  context: MailboxContext,
  folderId: string,
  { mark, messageId, others, subject, signal }: UncertainCreation,
): Promise<string | undefined> {
  const request = {
    kind: 'create',
    method: 'GET',
    target: `${folderPath(context, folderId)}/messages`,
    query: candidateQuery({ messageId, origin: mark.origin }),
    headers: IMMUTABLE_IDS,
    signal,
  } as const;
  for await (const page of listPages(context, request, { ...subject, collection: folderId })) {
    for (const message of page) {
      const found = toCandidate(message);
      const isIt = found?.mark?.origin === mark.origin && found.mark.digest === mark.digest;
      if (found !== undefined && isIt && !others.has(found.id)) return found.id;
    }
  }
  return undefined;
}
