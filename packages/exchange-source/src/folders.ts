import { SourceError } from '@holdfast/contracts';
import type { Collection, CollectionEvent, JsonObject, OperationOptions, SourceErrorCode } from '@holdfast/contracts';

import { relativeUrl, sendBatch } from './client/batch.ts';
import { isNotFound, toSourceError } from './client/service-error.ts';
import { BATCH_SIZE } from './client/service-limits.ts';
import { asObject, asString, entriesOf, idOf } from './json-access.ts';
import { aboutFolder, aboutMailbox, folderPath } from './mailbox-context.ts';
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

/** How every list of folders is asked for: 1,000 is the longest page there is. */
export const FOLDER_LIST_QUERY: Readonly<Record<string, string>> = {
  includeHiddenFolders: 'true',
  $select: 'id,displayName,parentFolderId,childFolderCount,isHidden,totalItemCount',
  $top: '1000',
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
  const { roles, events } = await readWellKnown(context, signal);
  yield* events;
  const known = new Set<string>();
  let parents: Collection[] = [];

  function* toEvents(folders: readonly JsonObject[], parent: Collection | undefined): Generator<CollectionEvent> {
    for (const folder of folders) {
      const collection = toCollection(folder, parent, roles);
      if (collection.id === '') yield failed(collection, 'a folder without an id');
      // A folder that is moved while the tree is read can turn up twice.
      if (collection.id === '' || known.has(collection.id)) continue;
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
      for await (const { parent, page, error } of childrenOf(context, group, signal)) {
        if (error === undefined) yield* toEvents(page, parent);
        else yield { type: 'collection-failed', collection: parent, error };
      }
    }
  }
}

/** A page of the children of a folder, or why they cannot be listed. */
interface Children {
  readonly parent: Collection;
  readonly page: readonly JsonObject[];
  readonly error?: SourceError | undefined;
}

async function* childrenOf(
  context: MailboxContext,
  parents: readonly Collection[],
  signal: AbortSignal | undefined,
): AsyncGenerator<Children, void, void> {
  const { client } = context;
  const urls = parents.map(({ id }) => relativeUrl(`${folderPath(context, id)}/childFolders`, FOLDER_LIST_QUERY));
  const answers = await sendBatch(client, { kind: 'folder', urls, signal }, aboutMailbox(context));
  const isServing = answers.some(({ ok }) => ok);
  for (const [index, parent] of parents.entries()) {
    const answer = answers[index];
    // Deleted since its parent was listed: what is in it is gone as well.
    if (answer === undefined || isNotFound(answer)) continue;
    const subject = aboutFolder(context, parent.id);
    try {
      if (!answer.ok) throw toSourceError(answer, subject);
      const body = asObject(answer.json);
      yield { parent, page: entriesOf(body?.['value']) };
      const link = asString(body?.['@odata.nextLink']);
      if (link === undefined) continue;
      const target = trustedLink(client, link);
      const request = { kind: 'folder', method: 'GET', target, signal } as const;
      for await (const page of listPages(context, request, subject)) yield { parent, page };
    } catch (error) {
      if (signal?.aborted || !SourceError.is(error)) throw error;
      // While others are answered for, a failure that stays is the folder's own.
      if (!OWN_FAILURES.has(error.code) && !(isServing && answer.status >= 500)) throw error;
      yield { parent, page: [], error };
    }
  }
}

/** What concerns one folder alone; with anything else the others would not fare better. */
const OWN_FAILURES: ReadonlySet<SourceErrorCode> = new Set<SourceErrorCode>([
  'ERR_SOURCE_ACCESS_DENIED',
  'ERR_SOURCE_PROTOCOL',
  'ERR_SOURCE_QUOTA_EXCEEDED',
]);

function failed(collection: Collection, reason: string): CollectionEvent {
  return { type: 'collection-failed', collection, error: new SourceError('ERR_SOURCE_PROTOCOL', { reason }) };
}

interface WellKnownFolders {
  /** Roles by id. */
  readonly roles: ReadonlyMap<string, string>;
  /** What is said of Recoverable Items, if the service shows it, and of folders whose role cannot be found out. */
  readonly events: readonly CollectionEvent[];
}

/** Asks for all well-known folders in one batch; v1.0 tells of no folder which role it has. */
async function readWellKnown(context: MailboxContext, signal: AbortSignal | undefined): Promise<WellKnownFolders> {
  const subject = aboutMailbox(context);
  const names = [...FOLDER_ROLES, RECOVERABLE_ITEMS];
  const urls = names.map((name) => relativeUrl(folderPath(context, name), { $select: 'id,displayName' }));
  const answers = await sendBatch(context.client, { kind: 'folder', urls, signal }, subject);
  const isServing = answers.some(({ ok }) => ok);
  const roles = new Map<string, string>();
  const events: CollectionEvent[] = [];
  for (const [index, name] of names.entries()) {
    const answer = answers[index];
    // Not every mailbox has every folder; 400 is what a name gets that the mailbox does not know at all.
    if (answer === undefined || answer.status === 400 || isNotFound(answer)) continue;
    const isRecoverable = name === RECOVERABLE_ITEMS;
    if (!answer.ok) {
      if (isRecoverable) continue;
      const error = toSourceError(answer, subject);
      // While others are answered for, a failure that stays is the folder's own; its role is missing from the snapshot.
      if (!isServing || answer.status < 500) throw error;
      const unknown = toCollection({ displayName: name }, undefined, roles);
      events.push({ type: 'collection-failed', collection: unknown, error });
      continue;
    }
    const collection = toCollection(asObject(answer.json) ?? {}, undefined, new Map());
    if (collection.id === '') continue;
    if (isRecoverable) {
      const hidden = { ...collection, role: RECOVERABLE_ITEMS, hidden: true };
      events.push({ type: 'collection-skipped', collection: hidden, cause: 'excluded' });
    } else roles.set(collection.id, name);
  }
  return { roles, events };
}

function toCollection(
  folder: JsonObject,
  parent: Collection | undefined,
  roles: ReadonlyMap<string, string>,
): Collection {
  const id = idOf(folder) ?? '';
  const count = folder['totalItemCount'];
  return {
    id,
    parentId: parent?.id,
    path: [...(parent?.path ?? []), ...(id === '' ? [] : [id])],
    name: asString(folder['displayName']) ?? '',
    kind: 'mail',
    role: roles.get(id),
    hidden: folder['isHidden'] === true,
    metadata: {},
    itemCount: typeof count === 'number' ? count : undefined,
  };
}
