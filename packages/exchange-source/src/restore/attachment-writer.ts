import type { OmittedPart, OperationOptions } from '@holdfast/contracts';

import { LARGEST_REQUEST, UncertainOutcome } from '../client/call.ts';
import type { ServiceResponse } from '../client/call.ts';
import {
  QUOTA_EXCEEDED,
  failureReason,
  isNotReady,
  isPermanent,
  outcomeError,
  toSourceError,
} from '../client/service-error.ts';
import { IMMUTABLE_IDS, aboutItem, messagePath } from '../mailbox-context.ts';
import type { MailboxContext } from '../mailbox-context.ts';
import { attachmentBody } from './attachment-body.ts';
import { presentAttachments } from './present-attachments.ts';
import type { PresentAttachment } from './present-attachments.ts';
import type { AttachmentToRestore, FileToAttach, ItemToAttach } from './restorable-attachment.ts';
import { openUploadSession, sendRanges } from './upload-session.ts';
import { writeWaits } from './write-waits.ts';
import type { WriteWaits } from './write-waits.ts';

/** Files from this size on need an upload session, smaller ones may not use one. */
const SMALLEST_UPLOAD = 3 * 1024 * 1024;
/** The service answers this about an item that is too large for a plain request, since sessions take files only. */
const ITEM_TOO_LARGE = 'ErrorAttachmentSessionIsSupportedOnlyForFileAttachments';
const TOO_SMALL_FOR_SESSION = 'ErrorAttachmentSizeShouldNotBeLessThanMinimumSize';

/**
 * Adds attachments to a message that has none yet, strictly one after another: the service refuses parallel writes to
 * one message. Gives what it did not take.
 */
export async function writeAttachments(
  context: MailboxContext,
  messageId: string,
  attachments: readonly AttachmentToRestore[],
  { signal }: OperationOptions = {},
): Promise<readonly OmittedPart[]> {
  return writeRest(attachmentWriter(context, messageId, signal), attachments, []);
}

/** Adds those attachments that a message does not have yet, as its writing was interrupted. Gives what it did not take. */
export async function addMissingAttachments(
  context: MailboxContext,
  messageId: string,
  attachments: readonly AttachmentToRestore[],
  { signal }: OperationOptions = {},
): Promise<readonly OmittedPart[]> {
  const writer = attachmentWriter(context, messageId, signal);
  return writeRest(writer, attachments, await writer.present());
}

/**
 * They were written in order, each once, but those that the service refused: so what is there is what was wanted, with
 * gaps. Where the service calls them otherwise, only their number tells.
 */
async function writeRest(
  writer: AttachmentWriter,
  attachments: readonly AttachmentToRestore[],
  present: readonly PresentAttachment[],
): Promise<readonly OmittedPart[]> {
  const taken = attachments.filter((attachment) => attachment.kind !== 'lost' && !isTooLargeItem(attachment));
  const isKnown = present.every((one) => taken.some((attachment) => fits(one, attachment)));
  const omitted: OmittedPart[] = [];
  let next = 0;
  for (const [index, attachment] of attachments.entries()) {
    const part = `attachment/${index + 1}`;
    const found = taken.includes(attachment) ? present[next] : undefined;
    if (attachment.kind === 'lost') omitted.push({ part, reason: attachment.reason, lost: true });
    else if (found !== undefined && (!isKnown || fits(found, attachment))) next += 1;
    else omitted.push(...(await writer.write(attachment, part)));
  }
  return omitted;
}

/** Whether an attachment of the target may be this one. */
function fits({ name, kind }: PresentAttachment, attachment: AttachmentToRestore): boolean {
  return attachment.kind !== 'lost' && name === attachment.name && (kind ?? attachment.kind) === attachment.kind;
}

/** Upload sessions take files only, so an item must fit into one request. */
function isTooLargeItem(attachment: FileToAttach | ItemToAttach): boolean {
  if (attachment.kind === 'file') return false;
  return JSON.stringify(attachmentBody(attachment, '').body).length >= LARGEST_REQUEST;
}

interface AttachmentWriter {
  /** The attachments that the message has, in order. */
  present(): Promise<readonly PresentAttachment[]>;
  write(attachment: FileToAttach | ItemToAttach, part: string): Promise<readonly OmittedPart[]>;
}

function attachmentWriter(
  context: MailboxContext,
  messageId: string,
  signal: AbortSignal | undefined,
): AttachmentWriter {
  const { client } = context;
  const target = `${messagePath(context, messageId)}/attachments`;
  const subject = { ...aboutItem(context, messageId), writing: true };
  /** How many the message has, as far as we know. */
  let written = 0;

  /** Sends until there is an answer that means something; `'done'` if the attachment turned out to be there. */
  async function persist(
    kind: 'attachment' | 'upload',
    send: (waits: WriteWaits) => Promise<ServiceResponse | 'done'>,
  ): Promise<ServiceResponse | 'done'> {
    const waits = writeWaits(context, kind, signal);
    for (;;) {
      try {
        const response = await send(waits);
        if (response === 'done' || !(isNotReady(response) || isOutOfStep(response))) return response;
        if (!(await waits.next(response))) return response;
      } catch (error) {
        if (!(error instanceof UncertainOutcome)) throw error;
        if (await isThere()) return 'done';
        if (!(await waits.next(error))) throw outcomeError(error, subject);
      }
    }
  }

  /** Whether the message has one more attachment than were written: nobody else writes to it. */
  async function isThere(): Promise<boolean> {
    return (await presentAttachments(context, messageId, { signal })).length > written;
  }

  async function post(attachment: FileToAttach | ItemToAttach, part: string): Promise<WriteResult> {
    const { body, omitted } = attachmentBody(attachment, part);
    if (isTooLargeItem(attachment)) {
      return { response: undefined, refusal: ITEM_TOO_LARGE, omitted };
    }
    const request = { kind: 'attachment', method: 'POST', target, body, headers: IMMUTABLE_IDS } as const;
    const response = await persist('attachment', ({ attempts: earlierAttempts }) =>
      client.send({ ...request, repeatable: false, earlierAttempts, signal }),
    );
    const refusal = refusalOf(response);
    return {
      response,
      refusal: refusal !== undefined && isTooLarge(response) && attachment.kind === 'item' ? ITEM_TOO_LARGE : refusal,
      omitted,
    };
  }

  async function upload(file: FileToAttach): Promise<WriteResult> {
    const response = await persist('upload', async ({ attempts: earlierAttempts }) => {
      const options = { headers: IMMUTABLE_IDS, earlierAttempts, signal };
      const session = await openUploadSession(context, target, file, options);
      return 'url' in session ? sendRanges(context, session, file.bytes, { isThere, signal }) : session;
    });
    return { response, refusal: refusalOf(response), omitted: [] };
  }

  function refusalOf(response: ServiceResponse | 'done'): string | undefined {
    if (response === 'done' || response.ok) return undefined;
    const isOwnFault = [400, 405, 413, 415, 416, 422].includes(response.status) || isPermanent(response);
    if (!isOwnFault || response.errorCode === QUOTA_EXCEEDED) throw toSourceError(response, subject);
    return failureReason(response);
  }

  return {
    async present() {
      const present = await presentAttachments(context, messageId, { signal });
      written = present.length;
      return present;
    },

    async write(attachment, part) {
      signal?.throwIfAborted();
      const isLarge = attachment.kind === 'file' && attachment.bytes.length >= SMALLEST_UPLOAD;
      let result = isLarge ? await upload(attachment) : await post(attachment, part);
      // The service draws the line between the two ways; this is in case it draws it elsewhere.
      if (attachment.kind === 'file' && !isLarge && isTooLarge(result.response)) result = await upload(attachment);
      else if (isLarge && result.refusal === TOO_SMALL_FOR_SESSION) result = await post(attachment, part);
      if (result.refusal !== undefined) return [{ part, reason: result.refusal, lost: true }];
      written++;
      return result.omitted;
    },
  };
}

/** A range that does not follow what the service has: only a new session can tell what that is. */
function isOutOfStep({ status }: ServiceResponse): boolean {
  return status === 416;
}

interface WriteResult {
  readonly response: ServiceResponse | 'done' | undefined;
  /** Why the attachment was not taken. */
  readonly refusal: string | undefined;
  /** What of an attachment that was taken could not go with it. */
  readonly omitted: readonly OmittedPart[];
}

function isTooLarge(response: ServiceResponse | 'done' | undefined): boolean {
  return typeof response === 'object' && response.status === 413;
}
