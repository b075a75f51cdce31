import { syncStateInvalid } from '../protocol/delta-token.ts';
import type { DeltaState } from '../protocol/delta-token.ts';
import type { ExchangeCall, Answer } from '../protocol/exchange-call.ts';
import { parseExpand, parseSelect } from '../protocol/expand-clause.ts';
import { toDateTime } from '../protocol/date-time.ts';
import { GraphFailure } from '../protocol/graph-failure.ts';
import { GRAPH_ROOT } from '../protocol/real-hosts.ts';
import { messageView, showsBody } from '../present/present-message.ts';
import type { ExchangeService } from '../server/exchange-service.ts';
import type { Mailbox } from '../store/mailbox.ts';
import type { StoredMessage } from '../store/stored-message.ts';
import { deltaState, readDelta } from './delta-round.ts';
import type { DeltaLine } from './delta-round.ts';

/** Most messages on a page. */
const LARGEST_PAGE = 500;
const RECEIVED_FILTER = /^\s*receivedDateTime\s+(ge|gt)\s+(\S+)\s*$/;
const CHANGE_TYPES: ReadonlySet<string> = new Set(['created', 'updated', 'deleted']);

/** `GET /users/{id}/mailFolders/{id}/messages/delta`: the messages of a folder, then what changed in it. */
export function messageDelta(service: ExchangeService, call: ExchangeCall, mailbox: Mailbox): Answer {
  const folderId = call.parameters['mailFolder-id'] ?? '';
  const folder = mailbox.tree.find(folderId);
  const isContinued = call.query.has('$deltatoken') || call.query.has('$skiptoken');
  if (folder === undefined && isContinued) {
    throw new GraphFailure(404, 'ErrorSyncFolderNotFound', 'The specified folder could not be found in the store.');
  }
  const found = folder ?? service.folder(mailbox, folderId);
  refuseUnsupported(call);
  if (mailbox.overQuota) {
    throw new GraphFailure(403, 'ErrorQuotaExceeded', 'Mailbox has exceeded maximum mailbox size.');
  }

  const url = `${GRAPH_ROOT}/users('${mailbox.id}')/mailfolders('${found.id}')/messages/delta`;
  const state = deltaState(service, mailbox, call, { place: found.id, url });
  const view = messageView({
    idFormat: state.idFormat,
    select: parseSelect(state.select),
    expand: parseExpand(state.expand),
  });
  const { lines, link } = readDelta(service, mailbox, state, {
    place: found.id,
    log: found.log,
    url,
    largestPage: LARGEST_PAGE,
    pageSize: call.preferences.maxPageSize,
    isHere: (message) => message.folder === found,
    idOf: (message) => message.mutableId,
    wants,
  });
  const presenter = service.presenter(mailbox);
  const value = lines.map((line) => {
    if (!line.isHere) {
      const id = state.idFormat === 'immutable' ? line.subject.immutableId : line.id;
      return { '@odata.type': '#microsoft.graph.message', id, '@removed': { reason: 'deleted' } };
    }
    service.checkFault(line.subject, 'page');
    if (showsBody(view)) service.checkFault(line.subject, 'body');
    const shown = presenter.present(line.subject, view);
    return { '@odata.type': '#microsoft.graph.message', ...service.entry(line.subject, shown) };
  });
  return {
    status: 200,
    json: { '@odata.context': `${GRAPH_ROOT}/$metadata#Collection(message)`, ...link, value },
  };
}

function refuseUnsupported({ query }: ExchangeCall): void {
  const refused = ['$search', '$skip', '$count'].filter((name) => query.has(name));
  if (refused.length > 0) {
    throw new GraphFailure(
      400,
      'ErrorInvalidUrlQuery',
      `The following parameters are not supported with change tracking over the 'Messages' resource: '${refused.join(', ')}'.`,
    );
  }
  const filter = query.get('$filter');
  if (filter !== null && !RECEIVED_FILTER.test(filter)) {
    throw new GraphFailure(400, 'ErrorInvalidUrlQueryFilter', 'The query filter contains one or more invalid nodes.');
  }
  if (query.has('$orderby')) {
    throw new GraphFailure(501, 'NotImplemented', 'The simulator does not order change tracking.');
  }
  const changeType = query.get('changeType');
  if (changeType !== null && !CHANGE_TYPES.has(changeType)) throw syncStateInvalid();
}

function wants({ subject, isHere, isNew }: DeltaLine<StoredMessage>, { changeType, filter }: DeltaState): boolean {
  const type = isHere ? (isNew ? 'created' : 'updated') : 'deleted';
  if (changeType !== undefined && changeType !== type) return false;
  if (filter === undefined || !isHere) return true;
  const [, operator, limit = ''] = RECEIVED_FILTER.exec(filter) ?? [];
  const received = toDateTime(subject.content.receivedTime);
  return operator === 'ge' ? received >= limit : received > limit;
}
