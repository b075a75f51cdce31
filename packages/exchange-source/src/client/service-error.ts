import { SourceError } from '@holdfast/contracts';
import type { JsonValue } from '@holdfast/contracts';

import { asObject, asString } from '../json-access.ts';
import type { PushbackCause } from './adaptive-limits.ts';
import type { ServiceResponse, UncertainOutcome } from './call.ts';
import { retryAfterMs } from './retry-after.ts';

/** What the service says of a mailbox that is full, whatever the status. */
export const QUOTA_EXCEEDED = 'ErrorQuotaExceeded';

/** Codes that stay for good: the item is bad, not the service. Whatever is not in this list may pass. */
const PERMANENT: ReadonlySet<string> = new Set([
  'ErrorCannotOpenFileAttachment',
  'ErrorContentConversionFailed',
  'ErrorCorruptData',
  'ErrorInvalidRecipients',
  'ErrorMimeContentConversionFailed',
]);

const MAILBOX_MISSING: ReadonlySet<string> = new Set([
  'ErrorInvalidUser',
  'ErrorNonExistentMailbox',
  'MailboxNotEnabledForRESTAPI',
  'MailboxNotSupportedForRESTAPI',
  'Request_ResourceNotFound',
  'ResourceNotFound',
]);

/** Codes by which the service says that it is busy, whatever the status of the failure. */
const BUSY: ReadonlySet<string> = new Set(['ApplicationThrottled', 'ErrorServerBusy', 'TooManyRequests']);

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

/**
 * Whether the service pushes back: 429, 509 (over the bandwidth), 503 that says for how long, and any failure with the code of a
 * busy service.
 */
export function isPushback({ status, headers, errorCode }: ServiceResponse): boolean {
  if (status === 429 || status === 509) return true;
  if (status === 503 && retryAfterMs(headers, 0) !== undefined) return true;
  return status >= 500 && errorCode !== undefined && BUSY.has(errorCode);
}

/** What the service has too much of. Only the text of the answer tells, in a word that it has used for years. */
export function pushbackCause({ json }: ServiceResponse): PushbackCause {
  const message = asString(asObject(asObject(json)?.['error'])?.['message']) ?? '';
  return /\bMailboxConcurrency\b/.test(message) ? 'concurrency' : 'load';
}

/** Why an item was refused for good, if that is what the error says; `undefined` if it may be had another time. */
export function permanentReason(error: unknown): string | undefined {
  if (!SourceError.is(error, 'ERR_ITEM_UNREADABLE')) return undefined;
  const reason = String(error.details['reason']);
  return PERMANENT.has(reason) ? reason : undefined;
}

/** What went wrong, in words that are safe to show: the code, or else the status. */
export function failureReason({ status, cut, errorCode }: ServiceResponse): string {
  return cut ? 'an answer was cut short' : (errorCode ?? `status ${status}`);
}

/** Whether the answer says that a change-tracking token is of no use any more (410, or one of three codes). */
export function isTokenLoss({ status, errorCode = '' }: ServiceResponse): boolean {
  if (status === 410) return true;
  const code = errorCode.toLowerCase();
  return status >= 400 && status < 500 && /^(?:syncstatenotfound|resyncrequired|syncstateinvalid)$/.test(code);
}

/** Whether an answer failed as pages do that one item in them breaks: an error, a time-out, or an end too early. */
export function breaksOnContent({ status, cut }: ServiceResponse): boolean {
  return cut || status === 500 || status === 504;
}

/** Whether a write found its message just created and not there yet, or busy with another write: both pass. */
export function isNotReady({ status }: ServiceResponse): boolean {
  return status === 404 || status === 409 || status === 412;
}

/** Whether the answer says that what was asked for does not exist. */
export function isNotFound({ status, errorCode }: ServiceResponse): boolean {
  return status === 404 && (errorCode === undefined || !MAILBOX_MISSING.has(errorCode));
}

/**
 * Turns an answer that is no success into the error that the caller of the package sees. A failure of the service that
 * is left after all attempts concerns what was asked for: an item, a folder; only where nothing smaller was asked for,
 * or a gateway says that the service is away, it concerns the service.
 */
export function toSourceError(response: ServiceResponse, subject: FailureSubject): SourceError {
  const { status, errorCode } = response;
  const { mailbox, item, collection } = subject;
  const reason = failureReason(response);
  if (status === 401) return new SourceError('ERR_CREDENTIALS_REJECTED', { reason });
  if (errorCode === QUOTA_EXCEEDED || status === 507) {
    return new SourceError('ERR_SOURCE_QUOTA_EXCEEDED', { mailbox, reason });
  }
  if (status === 404 && errorCode !== undefined && MAILBOX_MISSING.has(errorCode)) {
    return new SourceError('ERR_MAILBOX_NOT_FOUND', { mailbox, reason });
  }
  if (status === 403) return new SourceError('ERR_SOURCE_ACCESS_DENIED', { resource: mailbox, reason });
  if (isPushback(response)) {
    const asked = retryAfterMs(response.headers, Number.POSITIVE_INFINITY);
    return new SourceError('ERR_SOURCE_THROTTLED', { reason }, { retryAfterMs: asked });
  }
  if (status === 404) {
    if (collection !== undefined) return new SourceError('ERR_COLLECTION_NOT_FOUND', { collection, reason });
    if (item !== undefined) return new SourceError('ERR_ITEM_NOT_FOUND', { item, reason });
    return new SourceError('ERR_MAILBOX_NOT_FOUND', { mailbox, reason });
  }
  if (item !== undefined && (status >= 400 || response.cut)) {
    return new SourceError(subject.writing === true ? 'ERR_ITEM_REFUSED' : 'ERR_ITEM_UNREADABLE', { item, reason });
  }
  if (collection !== undefined && (breaksOnContent(response) || isPermanent(response))) {
    return new SourceError('ERR_SOURCE_PROTOCOL', { reason });
  }
  if (status >= 500 || response.cut) return new SourceError('ERR_SOURCE_UNREACHABLE', { reason });
  return new SourceError('ERR_SOURCE_PROTOCOL', { reason });
}

/** The error about a request whose outcome stayed uncertain: the item's if the service answered, else the service's. */
export function outcomeError(error: UncertainOutcome, subject: FailureSubject): SourceError {
  if (error.response !== undefined) return toSourceError(error.response, subject);
  return new SourceError('ERR_SOURCE_UNREACHABLE', { reason: error.message }, { cause: error });
}
