import type { Collection, CollectionEvent, JsonObject, OperationOptions } from '@holdfast/contracts';

import { relativeUrl, sendBatch } from './client/batch.ts';
import { isNotFound, toSourceError } from './client/service-error.ts';
import { BATCH_SIZE } from './client/service-limits.ts';
import { asObject, asString, objectsOf } from './json-access.ts';
import { aboutMailbox, folderPath } from './mailbox-context.ts';
import type { MailboxContext } from './mailbox-context.ts';
import { listPages, trustedLink } from './pages.ts';

/**
 * Well-known names of folders (Microsoft Graph documentation, resources/mailfolder). `msgfolderroot` is the root
 * itself, and `searchfolders` holds no messages.
 */
export const FOLDER_ROLES: readonly string[] = [
  'archive',
  'clutter',
  'conflicts',
  'conversationhistory',
  'deleteditems',
  'drafts',
  'inbox',
  'junkemail',
  'localfailures',
  'outbox',
  'scheduled',
  'sentitems',
  'serverfailures',
  'syncissues',
];

/**
 * The root of Recoverable Items, which no list of folders shows and which is not backed up. The name is in use but not
 * documented, so a service that does not know it is no trouble.
 */
const RECOVERABLE_ITEMS = 'recoverableitemsroot';

/** How every list of folders is asked for. */
export const FOLDER_LIST_QUERY: Readonly<Record<string, string>> = {
  includeHiddenFolders: 'true',
  $select: 'id,displayName,parentFolderId,childFolderCount,isHidden',
  $top: '100',
};

/** Whether a folder is a search folder, whose content lies in other folders. */
export function isSearchFolder(folder: JsonObject): boolean {
  return asString(folder['@odata.type'])?.endsWith('.mailSearchFolder') === true;
}

/**
 * Yields every mail folder, level by level, so parents come before children: hidden ones too, search folders and
 * Recoverable Items as skipped. One request lists the top; further ones list the children of twenty folders each. The children of every
 * folder are asked for, since it is nowhere said that `childFolderCount` counts the hidden ones.
 */
export async function* walkFolders(
  context: MailboxContext,
  { signal }: OperationOptions = {},
): AsyncGenerator<CollectionEvent, void, void> {
  const { roles, recoverableItems } = await readWellKnown(context, signal);
  if (recoverableItems !== undefined) yield recoverableItems;
  const known = new Set<string>();
  let parents: Collection[] = [];

  function* toEvents(folders: readonly JsonObject[], parent: Collection | undefined): Generator<CollectionEvent> {
    for (const folder of folders) {
      const collection = toCollection(folder, parent, roles);
      // A folder that is moved while the tree is read can turn up twice.
      if (collection === undefined || known.has(collection.id)) continue;
      known.add(collection.id);
      if (isSearchFolder(folder)) {
        yield { type: 'collection-skipped', collection, cause: 'search-folder' };
      } else {
        parents.push(collection);
        yield { type: 'collection-found', collection };
      }
    }
  }

  const top = {
    kind: 'folder',
    method: 'GET',
    target: `${context.path}/mailFolders`,
    query: FOLDER_LIST_QUERY,
  } as const;
  for await (const page of listPages(context, { ...top, signal }, aboutMailbox(context))) {
    yield* toEvents(page, undefined);
  }
  while (parents.length > 0) {
    const level = parents;
    parents = [];
    for (let start = 0; start < level.length; start += BATCH_SIZE) {
      const group = level.slice(start, start + BATCH_SIZE);
      for await (const { parent, page } of childrenOf(context, group, signal)) yield* toEvents(page, parent);
    }
  }
}

async function* childrenOf(
  context: MailboxContext,
  parents: readonly Collection[],
  signal: AbortSignal | undefined,
): AsyncGenerator<{ parent: Collection; page: readonly JsonObject[] }, void, void> {
  const { client } = context;
  const subject = aboutMailbox(context);
  const urls = parents.map(({ id }) => relativeUrl(`${folderPath(context, id)}/childFolders`, FOLDER_LIST_QUERY));
  const answers = await sendBatch(client, { kind: 'folder', urls, signal }, subject);
  for (const [index, parent] of parents.entries()) {
    const answer = answers[index];
    // Deleted since its parent was listed: what is in it is gone as well.
    if (answer === undefined || answer.status === 404) continue;
    if (!answer.ok) throw toSourceError(answer, subject);
    const body = asObject(answer.json);
    yield { parent, page: objectsOf(body?.['value']) };
    const link = asString(body?.['@odata.nextLink']);
    if (link === undefined) continue;
    const target = trustedLink(client, link);
    for await (const page of listPages(context, { kind: 'folder', method: 'GET', target, signal }, subject)) {
      yield { parent, page };
    }
  }
}

interface WellKnownFolders {
  /** Roles by id. */
  readonly roles: ReadonlyMap<string, string>;
  /** What is said of Recoverable Items, if the service shows it. */
  readonly recoverableItems: CollectionEvent | undefined;
}

/** Asks for all well-known folders in one batch; v1.0 tells of no folder which role it has. */
async function readWellKnown(context: MailboxContext, signal: AbortSignal | undefined): Promise<WellKnownFolders> {
  const subject = aboutMailbox(context);
  const names = [...FOLDER_ROLES, RECOVERABLE_ITEMS];
  const urls = names.map((name) => relativeUrl(folderPath(context, name), { $select: 'id,displayName' }));
  const answers = await sendBatch(context.client, { kind: 'folder', urls, signal }, subject);
  const roles = new Map<string, string>();
  let recoverableItems: CollectionEvent | undefined;
  for (const [index, answer] of answers.entries()) {
    const folder = asObject(answer.json);
    const id = asString(folder?.['id']);
    const name = names[index];
    if (name === RECOVERABLE_ITEMS) {
      const collection = answer.ok && folder !== undefined ? toCollection(folder, undefined, new Map()) : undefined;
      if (collection === undefined) continue;
      const hidden = { ...collection, role: RECOVERABLE_ITEMS, hidden: true };
      recoverableItems = { type: 'collection-skipped', collection: hidden, cause: 'excluded' };
    } else if (answer.ok && id !== undefined && name !== undefined) roles.set(id, name);
    // Not every mailbox has every folder; 400 is what a name gets that the mailbox does not know at all.
    else if (!(answer.status === 400 || isNotFound(answer))) throw toSourceError(answer, subject);
  }
  return { roles, recoverableItems };
}

function toCollection(
  folder: JsonObject,
  parent: Collection | undefined,
  roles: ReadonlyMap<string, string>,
): Collection | undefined {
  const id = asString(folder['id']);
  if (id === undefined) return undefined;
  return {
    id,
    parentId: parent?.id,
    path: [...(parent?.path ?? []), id],
    name: asString(folder['displayName']) ?? '',
    kind: 'mail',
    role: roles.get(id),
    hidden: folder['isHidden'] === true,
    metadata: {},
  };
}
