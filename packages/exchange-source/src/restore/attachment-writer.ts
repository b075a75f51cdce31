import type { OmittedPart, OperationOptions } from '@holdfast/contracts';

import { LARGEST_REQUEST, UncertainOutcome } from '../client/call.ts';
import type { ServiceResponse } from '../client/call.ts';
import { QUOTA_EXCEEDED, failureReason, isPermanent, outcomeError, toSourceError } from '../client/service-error.ts';
import { IMMUTABLE_IDS, aboutItem, messagePath } from '../mailbox-context.ts';
import type { MailboxContext } from '../mailbox-context.ts';
import { attachmentBody } from './attachment-body.ts';
import { listAttachmentNames } from './list-attachment-names.ts';
import type { AttachmentToRestore, FileToAttach, ItemToAttach } from './restorable-attachment.ts';
import { openUploadSession, sendRanges } from './upload-session.ts';

/** Files from this size on need an upload session, smaller ones may not use one. */
const SMALLEST_UPLOAD = 3 * 1024 * 1024;
/** The service answers this about an item that is too large for a plain request, since sessions take files only. */
const ITEM_TOO_LARGE = 'ErrorAttachmentSessionIsSupportedOnlyForFileAttachments';
const TOO_SMALL_FOR_SESSION = 'ErrorAttachmentSizeShouldNotBeLessThanMinimumSize';
const ATTEMPTS = 8;
const FIRST_WAIT_MS = 200;

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
  return writeRest(writer, attachments, await writer.names());
}

/**
 * They were written in order, each once, but those that the service refused: so the names that are there are the names
 * wanted, with gaps. Where the service calls them otherwise, only their number tells.
 */
async function writeRest(
  writer: AttachmentWriter,
  attachments: readonly AttachmentToRestore[],
  present: readonly string[],
): Promise<readonly OmittedPart[]> {
  const names = attachments.flatMap((attachment) => (attachment.kind === 'lost' ? [] : [attachment.name]));
  const isKnown = present.every((name) => names.includes(name));
  const omitted: OmittedPart[] = [];
  let next = 0;
  for (const [index, attachment] of attachments.entries()) {
    const part = `attachment/${index + 1}`;
    if (attachment.kind === 'lost') omitted.push({ part, reason: attachment.reason, lost: true });
    else if (next < present.length && (!isKnown || present[next] === attachment.name)) next += 1;
    else omitted.push(...(await writer.write(attachment, part)));
  }
  return omitted;
}

interface AttachmentWriter {
  /** Names of the attachments that the message has, in order. */
  names(): Promise<readonly string[]>;
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
  async function persist(send: () => Promise<ServiceResponse>): Promise<ServiceResponse | 'done'> {
    for (let attempt = 1; ; attempt++) {
      let response: ServiceResponse | undefined;
      try {
        response = await send();
        // Just created and not found yet, or still busy with the attachment before: both pass.
        if (![404, 409, 412].includes(response.status) || attempt >= ATTEMPTS) return response;
      } catch (error) {
        if (!(error instanceof UncertainOutcome)) throw error;
        if ((await listAttachmentNames(context, messageId, { signal })).length > written) return 'done';
        if (attempt >= ATTEMPTS) throw outcomeError(error, subject);
      }
      await client.clock.sleep(FIRST_WAIT_MS * 2 ** (attempt - 1), { signal });
    }
  }

  async function post(attachment: FileToAttach | ItemToAttach, part: string): Promise<WriteResult> {
    const { body, omitted } = attachmentBody(attachment, part);
    if (attachment.kind === 'item' && JSON.stringify(body).length >= LARGEST_REQUEST) {
      return { response: undefined, refusal: ITEM_TOO_LARGE, omitted };
    }
    const request = { kind: 'attachment', method: 'POST', target, body, headers: IMMUTABLE_IDS } as const;
    const response = await persist(() => client.send({ ...request, repeatable: false, signal }));
    const refusal = refusalOf(response);
    return {
      response,
      refusal: refusal !== undefined && isTooLarge(response) && attachment.kind === 'item' ? ITEM_TOO_LARGE : refusal,
      omitted,
    };
  }

  async function upload(file: FileToAttach): Promise<WriteResult> {
    const response = await persist(async () => {
      const session = await openUploadSession(context, target, file, { headers: IMMUTABLE_IDS, signal });
      return 'url' in session ? sendRanges(context, session, file.bytes, signal) : session;
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
    async names() {
      const names = await listAttachmentNames(context, messageId, { signal });
      written = names.length;
      return names;
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
