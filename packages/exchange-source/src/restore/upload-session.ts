import { SourceError } from '@holdfast/contracts';
import type { JsonObject } from '@holdfast/contracts';

import { UncertainOutcome } from '../client/call.ts';
import type { ServiceRequest, ServiceResponse } from '../client/call.ts';
import type { MailboxContext } from '../mailbox-context.ts';
import { asArray, asObject, asString } from '../json-access.ts';
import type { FileToAttach } from './restorable-attachment.ts';
import { writeWaits } from './write-waits.ts';

/** Ranges are multiples of 320 KiB below 4 MB (Microsoft Graph documentation, outlook-large-attachments). */
const RANGE_SIZE = 12 * 320 * 1024;

/** A session of an upload that was opened. */
export interface UploadSession {
  /** Where the ranges go: an address of its own, on another host, that must not see the access token. */
  readonly url: string;
}

/** Opens a session for a file; gives the refusal if there is one. */
export async function openUploadSession(
  { client }: MailboxContext,
  attachmentsPath: string,
  file: FileToAttach,
  options: Pick<ServiceRequest, 'earlierAttempts' | 'headers' | 'signal'>,
): Promise<UploadSession | ServiceResponse> {
  const { name, contentType, isInline, contentId, bytes } = file;
  const item: JsonObject = {
    attachmentType: 'file',
    name,
    size: bytes.length,
    contentType,
    isInline,
    ...(contentId === undefined ? {} : { contentId }),
  };
  const target = `${attachmentsPath}/createUploadSession`;
  const body = { AttachmentItem: item };
  const response = await client.send({ kind: 'upload', method: 'POST', target, body, ...options });
  if (!response.ok) return response;
  const url = asString(asObject(response.json)?.['uploadUrl']);
  if (url === undefined || !URL.canParse(url) || new URL(url).protocol !== 'https:') {
    throw new SourceError('ERR_SOURCE_PROTOCOL', { reason: 'an upload session without an address' });
  }
  return { url };
}

/** What {@link sendRanges} needs beside the file. */
export interface SendRangesOptions {
  /** Tells whether the attachment is there, after the answer to the last range got lost. */
  readonly isThere: () => Promise<boolean>;
  /** Ends it early. */
  readonly signal: AbortSignal | undefined;
}

/**
 * Sends the ranges of a file, one after another, and gives the last answer: 201 if the attachment is there, otherwise a
 * refusal; `'done'` if it is there although the answer got lost. A lost answer or a conflict costs a range, not the
 * upload. A session that is not finished is given up, unless by an abort, after which nothing is sent.
 */
export async function sendRanges(
  context: MailboxContext,
  session: UploadSession,
  bytes: Uint8Array,
  { isThere, signal }: SendRangesOptions,
): Promise<ServiceResponse | 'done'> {
  let offset = 0;
  let waits = writeWaits(context, 'upload', signal);
  for (;;) {
    const end = Math.min(offset + RANGE_SIZE, bytes.length);
    const isLast = end === bytes.length;
    let response: ServiceResponse;
    try {
      response = await context.client.send({
        kind: 'upload',
        method: 'PUT',
        target: session.url,
        headers: {
          'Content-Type': 'application/octet-stream',
          'Content-Range': `bytes ${offset}-${end - 1}/${bytes.length}`,
        },
        body: bytes.subarray(offset, end),
        answer: 'none',
        authorize: false,
        // Whether the last range made an attachment must be looked up before it is sent again.
        repeatable: !isLast,
        earlierAttempts: waits.attempts,
        signal,
      });
    } catch (error) {
      if (!(error instanceof UncertainOutcome)) throw error;
      if (await isThere()) return 'done';
      if (await waits.next(error)) continue;
      throw error;
    }
    if (response.status === 201) return response;
    // The end of an upload is the end of its session.
    if (isLast && response.status === 404 && response.attempt > 1 && (await isThere())) return 'done';
    if (isConflict(response) && (await waits.next(response))) continue;
    // The service took it although its answer got lost: the order of ranges is its to keep, so trying on does no harm.
    const isTaken = response.attempt > 1 && !isLast && (response.status === 416 || response.status === 400);
    const next = response.ok ? nextOffset(response) : isTaken ? end : undefined;
    if (next === undefined || next <= offset || next >= bytes.length) {
      await cancelUpload(context, session, signal);
      if (!response.ok) return response;
      throw new SourceError('ERR_SOURCE_PROTOCOL', { reason: 'an upload that does not go on' });
    }
    offset = next;
    waits = writeWaits(context, 'upload', signal);
  }
}

function isConflict({ status }: ServiceResponse): boolean {
  return status === 409 || status === 412;
}

/** Gives up a session. That it cannot be given up matters to nobody: it ends by itself. */
export async function cancelUpload(
  context: MailboxContext,
  { url }: UploadSession,
  signal: AbortSignal | undefined,
): Promise<void> {
  const request = { kind: 'upload', method: 'DELETE', target: url, answer: 'none', authorize: false } as const;
  try {
    await context.client.send({ ...request, attempts: 1, signal });
  } catch (error) {
    signal?.throwIfAborted();
    if (!SourceError.is(error)) throw error;
  }
}

/** Where the service wants to go on; it writes the name of the list in two ways. */
function nextOffset({ json }: ServiceResponse): number | undefined {
  const answer = asObject(json);
  const [range] = asArray(answer?.['nextExpectedRanges'] ?? answer?.['NextExpectedRanges']);
  const offset = Number.parseInt(asString(range) ?? '', 10);
  return Number.isNaN(offset) ? undefined : offset;
}
