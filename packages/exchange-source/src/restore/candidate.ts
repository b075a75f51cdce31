import type { JsonObject } from '@holdfast/contracts';

import { asString, idOf } from '../json-access.ts';
import { EXPAND_MARK, ORIGIN_PROPERTY, markOf } from './restore-mark.ts';
import type { RestoreMark } from './restore-mark.ts';

/** A message of the target that may be one to restore. */
export interface Candidate {
  /** Its id. */
  readonly id: string;
  /** Its Message-ID. */
  readonly messageId: string | undefined;
  /** Its change key. */
  readonly changeKey: string | undefined;
  /** The folder it is in. */
  readonly folderId: string | undefined;
  /** Its mark, if it was restored by us. */
  readonly mark: RestoreMark | undefined;
}

/** What is asked of every candidate. */
export const CANDIDATE_QUERY: Readonly<Record<string, string>> = {
  $select: 'id,internetMessageId,changeKey,parentFolderId',
  $expand: EXPAND_MARK,
};

/** How a list is asked for the candidates of one message: by its Message-ID, or by its mark if it has none. */
export function candidateQuery({
  messageId,
  origin,
}: {
  readonly messageId: string | undefined;
  readonly origin: string;
}): Readonly<Record<string, string>> {
  const $filter =
    messageId === undefined
      ? `singleValueExtendedProperties/Any(ep: ep/id eq '${ORIGIN_PROPERTY}' and ep/value eq '${origin}')`
      : `internetMessageId eq '${messageId.replaceAll("'", "''")}'`;
  return { ...CANDIDATE_QUERY, $filter, $top: '50' };
}

/** A candidate out of what a list tells of it; `undefined` for an entry without an id. */
export function toCandidate(message: JsonObject): Candidate | undefined {
  const id = idOf(message);
  if (id === undefined) return undefined;
  return {
    id,
    messageId: asString(message['internetMessageId']) || undefined,
    changeKey: asString(message['changeKey']),
    folderId: asString(message['parentFolderId']),
    mark: markOf(message),
  };
}
