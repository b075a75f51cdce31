import { SourceError } from '@holdfast/contracts';
import type { JsonValue } from '@holdfast/contracts';

import { asObject, asString } from '../json-access.ts';
import type { ServiceResponse } from './call.ts';
import { retryAfterMs } from './retry-after.ts';

/** Codes of a 5xx answer that stay for good: the item is bad, not the service. */
const PERMANENT: ReadonlySet<string> = new Set([
  'ErrorCannotOpenFileAttachment',
  'ErrorContentConversionFailed',
  'ErrorCorruptData',
  'ErrorInvalidRecipients',
  'ErrorMimeContentConversionFailed',
  'ErrorMimeContentInvalid',
  'ErrorQuotaExceeded',
]);

const MAILBOX_MISSING: ReadonlySet<string> = new Set([
  'ErrorInvalidUser',
  'ErrorNonExistentMailbox',
  'MailboxNotEnabledForRESTAPI',
  'MailboxNotSupportedForRESTAPI',
  'Request_ResourceNotFound',
  'ResourceNotFound',
]);

/** What a request was about, so that its failure can name it. */
export interface FailureSubject {
  /** Address or id of the mailbox. */
  readonly mailbox: string;
  /** Id of the item, if it was about one. */
  readonly item?: string | undefined;
  /** Id of the collection, if it was about one. */
  readonly collection?: string | undefined;
  /** Whether something was to be written. @defaultValue `false` */
  readonly writing?: boolean | undefined;
}

/** The code of an error body, if it is a plain word: a message could echo what was sent, a code cannot. */
export function errorCodeOf(body: JsonValue | undefined): string | undefined {
  const code = asString(asObject(asObject(body)?.['error'])?.['code']);
  return code !== undefined && /^[\w.-]{1,80}$/.test(code) ? code : undefined;
}

/** Whether an answer would stay the same however often it is asked for. */
export function isPermanent(response: ServiceResponse): boolean {
  return response.errorCode !== undefined && PERMANENT.has(response.errorCode);
}

/** Whether the answer says that a change-tracking token is of no use any more (410, or one of three codes). */
export function isTokenLoss({ status, errorCode = '' }: ServiceResponse): boolean {
  if (status === 410) return true;
  const code = errorCode.toLowerCase();
  return status >= 400 && status < 500 && /^(?:syncstatenotfound|resyncrequired|syncstateinvalid)$/.test(code);
}

/** Whether the answer says that what was asked for does not exist. */
export function isNotFound({ status, errorCode }: ServiceResponse): boolean {
  return status === 404 && (errorCode === undefined || !MAILBOX_MISSING.has(errorCode));
}

/** Turns an answer that is no success into the error that the caller of the package sees. */
export function toSourceError(response: ServiceResponse, subject: FailureSubject): SourceError {
  const { status, errorCode } = response;
  const { mailbox, item, collection } = subject;
  const reason = errorCode ?? `status ${status}`;
  if (status === 401) return new SourceError('ERR_CREDENTIALS_REJECTED', { reason });
  if (errorCode === 'ErrorQuotaExceeded' || status === 507) {
    return new SourceError('ERR_SOURCE_QUOTA_EXCEEDED', { mailbox, reason });
  }
  if (status === 404 && errorCode !== undefined && MAILBOX_MISSING.has(errorCode)) {
    return new SourceError('ERR_MAILBOX_NOT_FOUND', { mailbox, reason });
  }
  if (status === 403) return new SourceError('ERR_SOURCE_ACCESS_DENIED', { resource: mailbox, reason });
  if (status === 429) {
    return new SourceError('ERR_SOURCE_THROTTLED', { reason }, { retryAfterMs: retryAfterMs(response.headers, 0) });
  }
  if (status === 404) {
    if (collection !== undefined) return new SourceError('ERR_COLLECTION_NOT_FOUND', { collection, reason });
    if (item !== undefined) return new SourceError('ERR_ITEM_NOT_FOUND', { item, reason });
    return new SourceError('ERR_MAILBOX_NOT_FOUND', { mailbox, reason });
  }
  if (item !== undefined && subject.writing === true && status < 500) {
    return new SourceError('ERR_ITEM_REFUSED', { item, reason });
  }
  if (item !== undefined && isPermanent(response)) {
    return new SourceError(subject.writing === true ? 'ERR_ITEM_REFUSED' : 'ERR_ITEM_UNREADABLE', { item, reason });
  }
  if (status >= 500) return new SourceError('ERR_SOURCE_UNREACHABLE', { reason });
  return new SourceError('ERR_SOURCE_PROTOCOL', { reason });
}
