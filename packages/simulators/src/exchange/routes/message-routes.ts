import { messageView, showsBody } from '../present/present-message.ts';
import type { MessageView } from '../present/present-message.ts';
import type { Answer, ExchangeCall } from '../protocol/exchange-call.ts';
import { parseExpand, parseSelect } from '../protocol/expand-clause.ts';
import { GraphFailure } from '../protocol/graph-failure.ts';
import { messageMime } from '../present/message-mime.ts';
import type { ExchangeService } from '../server/exchange-service.ts';
import type { Folder } from '../store/folder.ts';
import type { Mailbox } from '../store/mailbox.ts';
import type { StoredMessage } from '../store/stored-message.ts';
import { arrange } from './arrange.ts';
import { createListCache } from './list-cache.ts';
import type { MailboxHandler } from './mailbox-handler.ts';
import { messageDelta } from './message-delta.ts';
import { pageOf } from './page-of.ts';

/** The operations that read messages, and the ones that move or delete them. */
export function messageRoutes(service: ExchangeService): Readonly<Record<string, MailboxHandler>> {
  const lists = createListCache();

  function viewOf({ query, preferences }: ExchangeCall): MessageView {
    return messageView({
      idFormat: preferences.idFormat,
      select: parseSelect(query.get('$select') ?? undefined),
      expand: parseExpand(query.get('$expand') ?? undefined),
    });
  }

  const messageOf = (call: ExchangeCall, mailbox: Mailbox, folder?: Folder): StoredMessage =>
    service.message(mailbox, call.parameters['message-id'] ?? '', folder);
  const folderOf = (call: ExchangeCall, mailbox: Mailbox): Folder =>
    service.folder(mailbox, call.parameters['mailFolder-id'] ?? '');

  function get(call: ExchangeCall, mailbox: Mailbox, folder?: Folder): Answer {
    const view = viewOf(call);
    const message = messageOf(call, mailbox, folder);
    service.checkFault(message, 'properties');
    if (showsBody(view)) service.checkFault(message, 'body');
    if (view.expand.some(({ name }) => name === 'attachments')) {
      service.checkFault(message, 'attachments');
      service.checkExpansion(message);
    }
    return { status: 200, json: service.presenter(mailbox).present(message, view) };
  }

  function list(call: ExchangeCall, mailbox: Mailbox, place: string, messages: () => readonly StoredMessage[]): Answer {
    const view = viewOf(call);
    const presenter = service.presenter(mailbox);
    const [filter, orderBy] = [call.query.get('$filter') ?? undefined, call.query.get('$orderby') ?? undefined];
    const found = lists.list(mailbox, `${place} ${view.idFormat} ${orderBy ?? ''} ${filter ?? ''}`, () =>
      arrange(messages(), {
        filter,
        orderBy,
        entityOf: (message) => presenter.present(message, { idFormat: view.idFormat, select: undefined, expand: [] }),
      }),
    );
    return pageOf(call, found, {
      context: `users('${mailbox.id}')/messages`,
      present(message) {
        service.checkFault(message, 'page');
        if (showsBody(view)) service.checkFault(message, 'body');
        return service.entry(message, presenter.present(message, view));
      },
    });
  }

  return {
    messageDelta: (call, mailbox) => messageDelta(service, call, mailbox),

    userMessageDelta() {
      throw new GraphFailure(
        400,
        'ErrorInvalidRequest',
        "Change tracking is not supported against 'microsoft.graph.message'.",
      );
    },

    listMessages: (call, mailbox) =>
      list(call, mailbox, 'all', () => mailbox.tree.below(mailbox.tree.root).flatMap((folder) => [...folder.messages])),
    listFolderMessages(call, mailbox) {
      const folder = folderOf(call, mailbox);
      return list(call, mailbox, folder.id, () => [...folder.messages]);
    },
    getMessage: (call, mailbox) => get(call, mailbox),
    getFolderMessage: (call, mailbox) => get(call, mailbox, folderOf(call, mailbox)),

    async getMessageMime(call, mailbox) {
      const message = messageOf(call, mailbox);
      service.checkFault(message, 'mime');
      return { status: 200, bytes: await messageMime(message), headers: { 'content-type': 'text/plain' } };
    },

    getFolderMessageMime() {
      throw new GraphFailure(405, 'ErrorInvalidRequest', 'The OData request is not supported.');
    },

    moveMessage(call, mailbox) {
      const message = messageOf(call, mailbox);
      const { destinationId = '' } = call.json as { readonly destinationId?: string };
      mailbox.moveMessage(message, service.folder(mailbox, destinationId));
      const view = { idFormat: call.preferences.idFormat, select: undefined, expand: [] };
      return { status: 201, json: service.presenter(mailbox).present(message, view) };
    },

    deleteMessage(call, mailbox) {
      mailbox.removeMessage(messageOf(call, mailbox));
      return { status: 204 };
    },
  };
}
