import { schemas } from '../openapi/schemas.ts';
import type { Answer, ExchangeCall } from '../protocol/exchange-call.ts';
import { parseSelect } from '../protocol/expand-clause.ts';
import { parseFilter } from '../protocol/filter-clause.ts';
import { GraphFailure, invalidQuery } from '../protocol/graph-failure.ts';
import { GRAPH_ROOT } from '../protocol/real-hosts.ts';
import type { ExchangeService } from '../server/exchange-service.ts';
import { isWellFormedId } from '../store/identifiers.ts';
import type { Mailbox } from '../store/mailbox.ts';
import type { MailboxHandler } from './mailbox-handler.ts';
import { pageOf } from './page-of.ts';

/** The operations of the directory. */
export interface UserRoutes {
  /** `GET /users`. */
  listUsers(call: ExchangeCall): Answer;
  /** `GET /users/{id}`. */
  getUser(call: ExchangeCall): Answer;
  /** `POST /users/{id}/translateExchangeIds`; belongs to the mailbox. */
  readonly translateExchangeIds: MailboxHandler;
}

interface TranslateJson {
  readonly inputIds: readonly string[];
  readonly sourceIdType: string;
  readonly targetIdType: string;
}

/** Makes the operations on users. Users without a usable mailbox are users all the same. */
export function userRoutes(service: ExchangeService): UserRoutes {
  return {
    listUsers(call) {
      const select = selectOf(call);
      const filter = parseFilter(call.query.get('$filter') ?? undefined);
      const users = [...service.mailboxes.values()].filter((user) => {
        const shown = presentUser(user, undefined);
        return filter({ property: (name) => shown[name] });
      });
      return pageOf(call, users, { context: 'users', present: (user) => presentUser(user, select) });
    },

    getUser(call) {
      const select = selectOf(call);
      const id = call.parameters['user-id'] ?? '';
      const user = service.findUser(id);
      if (user === undefined) {
        throw new GraphFailure(
          404,
          'Request_ResourceNotFound',
          `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
        );
      }
      const context = `${GRAPH_ROOT}/$metadata#users/$entity`;
      return { status: 200, json: { '@odata.context': context, ...presentUser(user, select) } };
    },

    translateExchangeIds(call, mailbox) {
      const { inputIds, sourceIdType, targetIdType } = call.json as TranslateJson;
      for (const type of [sourceIdType, targetIdType]) {
        if (type !== 'restId' && type !== 'restImmutableEntryId') {
          throw new GraphFailure(501, 'NotImplemented', `The simulator does not translate ids of type ${type}.`);
        }
      }
      const value = inputIds.map((sourceId) => {
        const message = mailbox.findMessage(sourceId);
        if (message === undefined) {
          const code = isWellFormedId(sourceId) ? 'ErrorItemNotFound' : 'ErrorInvalidIdMalformed';
          return { sourceId, errorDetails: { code, message: 'The id cannot be translated.' } };
        }
        return { sourceId, targetId: targetIdType === 'restId' ? message.mutableId : message.immutableId };
      });
      const context = `${GRAPH_ROOT}/$metadata#Collection(microsoft.graph.convertIdResult)`;
      return { status: 200, json: { '@odata.context': context, value } };
    },
  };
}

function selectOf({ query }: ExchangeCall): readonly string[] | undefined {
  const select = parseSelect(query.get('$select') ?? undefined);
  const unknown = select?.find((name) => schemas['user']?.properties?.[name] === undefined);
  if (unknown !== undefined) {
    throw invalidQuery(
      `Parsing OData Select and Expand failed: Could not find a property named '${unknown}' on type 'microsoft.graph.user'.`,
    );
  }
  return select;
}

function presentUser(user: Mailbox, select: readonly string[] | undefined): Readonly<Record<string, unknown>> {
  const usual = { displayName: user.displayName, mail: user.address, userPrincipalName: user.address, id: user.id };
  const all: Record<string, unknown> = {
    ...usual,
    accountEnabled: true,
    mailNickname: user.address.split('@')[0],
    userType: 'Member',
    preferredLanguage: null,
  };
  if (select === undefined) return usual;
  return Object.fromEntries(select.filter((name) => name in all).map((name) => [name, all[name]]));
}
