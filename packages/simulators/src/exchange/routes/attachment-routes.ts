import { setImmediate } from 'node:timers/promises';

import type { AttachmentContent, MessageContent } from '../message-content.ts';
import { itemMime } from '../present/message-mime.ts';
import { attachmentId, checkAttachmentExpand, presentAttachment } from '../present/present-attachment.ts';
import type { AttachmentView } from '../present/present-attachment.ts';
import type { ExchangeCall } from '../protocol/exchange-call.ts';
import { parseExpand, parseSelect } from '../protocol/expand-clause.ts';
import { GraphFailure, itemNotFound } from '../protocol/graph-failure.ts';
import { attachmentFromJson } from '../read/attachment-from-json.ts';
import { messageFromJson } from '../read/message-from-json.ts';
import type { ExchangeService } from '../server/exchange-service.ts';
import type { Mailbox } from '../store/mailbox.ts';
import type { StoredAttachment, StoredMessage } from '../store/stored-message.ts';
import type { MailboxHandler } from './mailbox-handler.ts';
import { pageOf } from './page-of.ts';
import { irresolvableConflict, refuseConflict } from './refuse-conflict.ts';

/** Runs one write to the attachments of a message. A second one at the same time fails, as in the service. */
export async function writeAttachments<Result>(
  service: ExchangeService,
  message: StoredMessage,
  write: () => Result,
): Promise<Result> {
  if (message.unsettledReads > 0) {
    message.unsettledReads--;
    throw itemNotFound();
  }
  if (message.attachmentWriters > 0) throw irresolvableConflict();
  refuseConflict(service, message);
  message.attachmentWriters++;
  try {
    // Without a turn of the event loop, two requests could never overlap.
    await setImmediate();
    // Somebody may have deleted the message meanwhile.
    if (message.folder === undefined) throw itemNotFound();
    return write();
  } finally {
    message.attachmentWriters--;
  }
}

/** Adds an attachment at the end of the list. */
export function addAttachment(mailbox: Mailbox, message: StoredMessage, content: AttachmentContent): StoredAttachment {
  const attachment = mailbox.storeAttachment(content);
  mailbox.changeMessage(message, { attachments: [...message.attachments, attachment] });
  return attachment;
}

/** The operations on attachments, upload sessions excepted. */
export function attachmentRoutes(service: ExchangeService): Readonly<Record<string, MailboxHandler>> {
  const messageOf = (call: ExchangeCall, mailbox: Mailbox): StoredMessage =>
    service.message(mailbox, call.parameters['message-id'] ?? '');

  function viewOf({ query }: ExchangeCall): AttachmentView {
    const expand = parseExpand(query.get('$expand') ?? undefined);
    checkAttachmentExpand(expand);
    return { select: parseSelect(query.get('$select') ?? undefined), expand };
  }

  function find(call: ExchangeCall, mailbox: Mailbox): { message: StoredMessage; attachment: StoredAttachment } {
    const message = messageOf(call, mailbox);
    service.checkFault(message, 'attachments');
    const id = call.parameters['attachment-id'];
    const attachment = message.attachments.find(
      ({ number }) =>
        id === attachmentId(message, number, 'immutable') || id === attachmentId(message, number, 'mutable'),
    );
    if (attachment === undefined) throw itemNotFound();
    return { message, attachment };
  }

  return {
    listAttachments(call, mailbox) {
      const view = viewOf(call);
      const message = messageOf(call, mailbox);
      service.checkFault(message, 'attachments');
      if (call.query.has('$expand')) service.checkExpansion(message);
      const present = (attachment: StoredAttachment): unknown =>
        presentAttachment(message, attachment, call.preferences.idFormat, view);
      const context = `users('${mailbox.id}')/messages('${message.mutableId}')/attachments`;
      // Without $top the service gives the whole list.
      const isPaged = call.query.has('$top') || call.preferences.maxPageSize !== undefined;
      if (isPaged) return pageOf(call, message.attachments, { context, present });
      const { json, status } = pageOf(call, [], { context, present });
      return { status, json: { ...(json as object), value: message.attachments.map(present) } };
    },

    getAttachment(call, mailbox) {
      const view = viewOf(call);
      const { message, attachment } = find(call, mailbox);
      return { status: 200, json: presentAttachment(message, attachment, call.preferences.idFormat, view) };
    },

    async getAttachmentValue(call, mailbox) {
      const { content } = find(call, mailbox).attachment;
      if (content.kind === 'item') {
        return { status: 200, bytes: await itemMime(content.item), headers: { 'content-type': 'text/plain' } };
      }
      if (content.kind === 'reference') {
        // The status is documented (api/attachment-get), the code is assumed.
        throw new GraphFailure(405, 'ErrorInvalidRequest', 'The OData request is not supported.');
      }
      return { status: 200, bytes: content.bytes, headers: { 'content-type': content.contentType } };
    },

    async createAttachment(call, mailbox) {
      const message = messageOf(call, mailbox);
      const readItem = (item: object): MessageContent =>
        messageFromJson(item, {
          now: service.clock.now(),
          id: service.identifiers.guid('item-id', mailbox.id, mailbox.sequence()),
        }).content;
      const content = attachmentFromJson(call.json as Readonly<Record<string, unknown>>, readItem);
      const attachment = await writeAttachments(service, message, () => addAttachment(mailbox, message, content));
      return { status: 201, json: presentAttachment(message, attachment, call.preferences.idFormat, {}) };
    },

    async deleteAttachment(call, mailbox) {
      const { message, attachment } = find(call, mailbox);
      await writeAttachments(service, message, () =>
        mailbox.changeMessage(message, { attachments: message.attachments.filter((other) => other !== attachment) }),
      );
      return { status: 204 };
    },
  };
}
