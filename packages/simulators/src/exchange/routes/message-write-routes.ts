import type { MessageContent } from '../message-content.ts';
import { deliverMime } from '../mime/deliver-mime.ts';
import type { Answer, ExchangeCall } from '../protocol/exchange-call.ts';
import { GraphFailure, itemNotFound } from '../protocol/graph-failure.ts';
import {
  extendedProperties,
  messageFromJson,
  refuseServerSet,
  replyToAddresses,
  toAddress,
  toAddresses,
} from '../read/message-from-json.ts';
import type { MessageJson, NewMessage } from '../read/message-from-json.ts';
import type { ExchangeService } from '../server/exchange-service.ts';
import { take } from '../server/faults.ts';
import type { Folder } from '../store/folder.ts';
import type { Mailbox } from '../store/mailbox.ts';
import type { StoredMessage } from '../store/stored-message.ts';
import type { MailboxHandler } from './mailbox-handler.ts';
import { refuseConflict } from './refuse-conflict.ts';

/** Properties that can be changed on drafts only (api/message-update). */
const DRAFT_ONLY = [
  'subject',
  'body',
  'from',
  'sender',
  'toRecipients',
  'ccRecipients',
  'bccRecipients',
  'replyTo',
  'internetMessageId',
] as const;

/** The operations that make messages and change them. */
export function messageWriteRoutes(service: ExchangeService): Readonly<Record<string, MailboxHandler>> {
  const { clock, identifiers, behaviour } = service;

  function answer(call: ExchangeCall, mailbox: Mailbox, message: StoredMessage, status: number): Answer {
    const view = { idFormat: call.preferences.idFormat, select: undefined, expand: [] };
    return { status, json: service.presenter(mailbox).present(message, view) };
  }

  async function create(call: ExchangeCall, mailbox: Mailbox, folder: Folder): Promise<Answer> {
    if (mailbox.overQuota) {
      throw new GraphFailure(403, 'ErrorQuotaExceeded', 'Mailbox has exceeded maximum mailbox size.');
    }
    const isMime = mediaTypeOf(call) === 'text/plain';
    const { content, extended } = isMime
      ? await draftFromMime(call.request.body, clock.now())
      : newMessage(call.json as MessageJson, mailbox);
    // Somebody may have deleted the folder while the MIME was read.
    if (folder.gone) throw itemNotFound();
    const message = mailbox.addMessage(folder, content, extended);
    const ordered = take(service.faults.unsettled, () => true)?.times;
    const isLate = identifiers.fraction('settle', mailbox.id, mailbox.sequence()) < behaviour.settleRate;
    message.unsettledReads = ordered ?? (isLate ? 1 : 0);
    return answer(call, mailbox, message, 201);
  }

  function newMessage(json: MessageJson, mailbox: Mailbox): NewMessage {
    return messageFromJson(json, {
      now: clock.now(),
      id: identifiers.guid('message-id', mailbox.id, mailbox.sequence()),
    });
  }

  return {
    createMessage: (call, mailbox) => create(call, mailbox, service.folder(mailbox, 'drafts')),
    createFolderMessage: (call, mailbox) =>
      create(call, mailbox, service.folder(mailbox, call.parameters['mailFolder-id'] ?? '')),

    updateMessage(call, mailbox) {
      const message = service.message(mailbox, call.parameters['message-id'] ?? '');
      const json = call.json as MessageJson;
      refuseServerSet(json);
      if (!message.content.isDraft) {
        const refused = DRAFT_ONLY.find((name) => Object.hasOwn(json, name));
        if (refused !== undefined) {
          throw new GraphFailure(
            400,
            'ErrorInvalidPropertyUpdateSentMessage',
            `Update operation is invalid for property '${refused}' of a sent message.`,
          );
        }
      }
      const extended = extendedProperties(json);
      refuseConflict(service, message);
      for (const [id, value] of extended) {
        // The message flags decide about drafts, and only when the message is created.
        if (id !== 'Integer 0xe07') message.extended.set(id, value);
      }
      mailbox.changeMessage(message, { content: changesFromJson(json) });
      return answer(call, mailbox, message, 200);
    },
  };
}

/** The media type of a request without its parameters. */
export function mediaTypeOf({ request }: Pick<ExchangeCall, 'request'>): string | undefined {
  return request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
}

async function draftFromMime(body: Uint8Array, now: number): Promise<NewMessage> {
  const text = new TextDecoder().decode(body).replace(/\s+/g, '');
  if (text === '' || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
    throw new GraphFailure(400, 'ErrorMimeContentInvalidBase64String', 'Invalid base64 string for MIME content.');
  }
  const content = await deliverMime(new Uint8Array(Buffer.from(text, 'base64')), { receivedTime: now });
  return { content: { ...content, isDraft: true, isRead: true }, extended: new Map() };
}

function changesFromJson(json: MessageJson): Partial<Omit<MessageContent, 'attachments'>> {
  return {
    ...(typeof json.isRead === 'boolean' && { isRead: json.isRead }),
    ...(json.flag && { flag: { flagStatus: json.flag.flagStatus ?? 'notFlagged' } }),
    ...(json.categories && { categories: json.categories }),
    ...(json.importance && { importance: json.importance }),
    ...(json.subject !== undefined && { subject: json.subject ?? '' }),
    ...(json.body && { body: { contentType: json.body.contentType ?? 'text', content: json.body.content ?? '' } }),
    ...(json.from !== undefined && { from: toAddress(json.from) }),
    ...(json.sender !== undefined && { sender: toAddress(json.sender) }),
    ...(json.toRecipients && { toRecipients: toAddresses(json.toRecipients) }),
    ...(json.ccRecipients && { ccRecipients: toAddresses(json.ccRecipients) }),
    ...(json.bccRecipients && { bccRecipients: toAddresses(json.bccRecipients) }),
    ...(json.replyTo && { replyTo: replyToAddresses(json.replyTo) }),
    ...(typeof json.internetMessageId === 'string' && { internetMessageId: json.internetMessageId }),
  };
}
