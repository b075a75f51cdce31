import type { Answer, ExchangeCall } from '../protocol/exchange-call.ts';
import { parseSelect } from '../protocol/expand-clause.ts';
import { parseFilter } from '../protocol/filter-clause.ts';
import { GraphFailure, invalidPropertySet } from '../protocol/graph-failure.ts';
import { GRAPH_ROOT } from '../protocol/real-hosts.ts';
import { checkFolderSelect, presentFolder } from '../present/present-folder.ts';
import type { ExchangeService } from '../server/exchange-service.ts';
import type { Folder } from '../store/folder.ts';
import type { Mailbox } from '../store/mailbox.ts';
import { deltaState, readDelta } from './delta-round.ts';
import { createListCache } from './list-cache.ts';
import type { MailboxHandler } from './mailbox-handler.ts';
import { pageOf } from './page-of.ts';

interface FolderJson {
  readonly displayName?: string | null;
  readonly isHidden?: boolean | null;
  readonly destinationId?: string;
}

/** Most folders on a page of change tracking. */
const LARGEST_PAGE = 200;
/** Longest name of a folder. [VERIFY] on a live tenant: the limit, and what is answered beyond it. */
const LONGEST_NAME = 255;

/** The operations on mail folders. */
export function folderRoutes(service: ExchangeService): Readonly<Record<string, MailboxHandler>> {
  const { identifiers } = service;
  const lists = createListCache();

  function list(call: ExchangeCall, mailbox: Mailbox, parent: Folder): Answer {
    const select = parseSelect(call.query.get('$select') ?? undefined);
    checkFolderSelect(select);
    const withHidden = call.query.get('includeHiddenFolders') === 'true';
    const filterText = call.query.get('$filter') ?? undefined;
    const filter = parseFilter(filterText);
    const passes = (folder: Folder): boolean => {
      if (filterText === undefined) return true;
      const shown = presentFolder({ mailbox, identifiers }, folder, undefined);
      return filter({ property: (name) => shown[name] });
    };
    const folders = lists.list(mailbox, `${parent.id} ${withHidden} ${filterText ?? ''}`, () =>
      [...parent.children].filter((folder) => (withHidden || !folder.isHidden) && passes(folder)),
    );
    return pageOf(call, folders, {
      context: `users('${mailbox.id}')/mailFolders`,
      present: (folder) => presentFolder({ mailbox, identifiers }, folder, select),
    });
  }

  function create(call: ExchangeCall, mailbox: Mailbox, parent: Folder): Answer {
    const { displayName, isHidden } = call.json as FolderJson;
    if (typeof displayName !== 'string' || displayName === '') {
      throw new GraphFailure(400, 'ErrorInvalidProperty', "Required property 'displayName' is missing.");
    }
    refuseLong(displayName);
    refuseTaken(mailbox, parent, displayName);
    const folder = mailbox.tree.create(parent, displayName, { isHidden: isHidden ?? false });
    return { status: 201, json: presentFolder({ mailbox, identifiers }, folder, undefined) };
  }

  const folderOf = (call: ExchangeCall, mailbox: Mailbox): Folder =>
    service.folder(mailbox, call.parameters['mailFolder-id'] ?? '');

  return {
    listMailFolders: (call, mailbox) => list(call, mailbox, mailbox.tree.root),
    listChildFolders: (call, mailbox) => list(call, mailbox, folderOf(call, mailbox)),
    createMailFolder: (call, mailbox) => create(call, mailbox, mailbox.tree.root),
    createChildFolder: (call, mailbox) => create(call, mailbox, folderOf(call, mailbox)),

    getMailFolder(call, mailbox) {
      const select = parseSelect(call.query.get('$select') ?? undefined);
      checkFolderSelect(select);
      return { status: 200, json: presentFolder({ mailbox, identifiers }, folderOf(call, mailbox), select) };
    },

    updateMailFolder(call, mailbox) {
      const folder = folderOf(call, mailbox);
      const { displayName, isHidden } = call.json as FolderJson;
      if (isHidden !== undefined) throw invalidPropertySet('isHidden');
      if (typeof displayName === 'string') {
        refuseDistinguished(folder);
        refuseLong(displayName);
        if (folder.parent !== undefined && mailbox.tree.child(folder.parent, displayName) !== folder) {
          refuseTaken(mailbox, folder.parent, displayName);
        }
        mailbox.tree.change(folder, { displayName });
      }
      return { status: 200, json: presentFolder({ mailbox, identifiers }, folder, undefined) };
    },

    deleteMailFolder(call, mailbox) {
      const folder = folderOf(call, mailbox);
      refuseDistinguished(folder);
      mailbox.removeFolder(folder);
      return { status: 204 };
    },

    moveMailFolder(call, mailbox) {
      const folder = folderOf(call, mailbox);
      const parent = service.folder(mailbox, (call.json as FolderJson).destinationId ?? '');
      refuseDistinguished(folder);
      if (parent === folder || mailbox.tree.below(folder).includes(parent)) {
        throw new GraphFailure(400, 'ErrorMoveCopyFailed', 'The move or copy operation failed.');
      }
      refuseTaken(mailbox, parent, folder.displayName);
      mailbox.tree.change(folder, { parent });
      return { status: 201, json: presentFolder({ mailbox, identifiers }, folder, undefined) };
    },

    mailFolderDelta(call, mailbox) {
      const refused = ['$top', '$skip', '$filter', '$orderby', '$search', '$count'].filter((name) =>
        call.query.has(name),
      );
      if (refused.length > 0) {
        throw new GraphFailure(
          400,
          'ErrorInvalidUrlQuery',
          `The following parameters are not supported with change tracking over the 'Folders' resource: '${refused.join(', ')}'.`,
        );
      }
      const url = `${GRAPH_ROOT}/users('${mailbox.id}')/mailfolders/delta`;
      const state = deltaState(service, mailbox, call, { place: 'folders', url });
      const select = parseSelect(state.select);
      checkFolderSelect(select);
      const { lines, link } = readDelta(service, mailbox, state, {
        place: 'folders',
        log: mailbox.folderLog,
        url,
        largestPage: LARGEST_PAGE,
        pageSize: call.preferences.maxPageSize,
        isHere: (folder) => folder.enteredAt !== 0,
        idOf: (folder) => folder.id,
      });
      const value = lines.map(({ subject, isHere }) =>
        isHere
          ? presentFolder({ mailbox, identifiers }, subject, select)
          : { id: subject.id, '@removed': { reason: 'deleted' } },
      );
      return {
        status: 200,
        json: { '@odata.context': `${GRAPH_ROOT}/$metadata#Collection(mailFolder)`, ...link, value },
      };
    },
  };
}

function refuseLong(displayName: string): void {
  if (displayName.length > LONGEST_NAME) {
    throw new GraphFailure(400, 'ErrorInvalidProperty', "The value of the property 'displayName' is too long.");
  }
}

function refuseTaken(mailbox: Mailbox, parent: Folder, displayName: string): void {
  if (mailbox.tree.child(parent, displayName) !== undefined) {
    throw new GraphFailure(409, 'ErrorFolderExists', 'A folder with the specified name already exists.');
  }
}

function refuseDistinguished(folder: Folder): void {
  if (folder.wellKnownName !== undefined) {
    throw new GraphFailure(403, 'ErrorDeleteDistinguishedFolder', 'Distinguished folders cannot be changed.');
  }
}
