import { SourceError } from '@holdfast/contracts';
import type { JsonObject, OperationOptions, RestoreFolder } from '@holdfast/contracts';

import { UncertainOutcome } from '../client/call.ts';
import type { ServiceRequest } from '../client/call.ts';
import { failureReason, isNotFound, outcomeError, toSourceError } from '../client/service-error.ts';
import type { FailureSubject } from '../client/service-error.ts';
import { FOLDER_LIST_QUERY, isSearchFolder } from '../folders.ts';
import { asObject, asString, idOf } from '../json-access.ts';
import { aboutFolder, aboutMailbox, folderPath } from '../mailbox-context.ts';
import type { MailboxContext } from '../mailbox-context.ts';
import { listPages } from '../pages.ts';
import { namedFolders } from './named-folders.ts';
import type { NamedFolders } from './named-folders.ts';
import { writeWaits } from './write-waits.ts';

/** Finds folders of a mailbox, and creates those that are missing. */
export interface FolderFinder {
  /** Finds the folder at the end of that path and gives its id; `undefined` if it is not there. */
  find(path: readonly RestoreFolder[], options?: OperationOptions): Promise<string | undefined>;
  /** Finds the folder at the end of that path, creating what is missing, and gives its id. */
  prepare(path: readonly RestoreFolder[], options?: OperationOptions): Promise<string>;
  /** Forgets what it has seen: a folder turned out to be gone. */
  forget(): void;
}

const ROOT = '';
const CREATIONS = 8;

/**
 * Makes a finder that remembers what it has seen. Folders with a role are found by it, whatever they are called; others
 * by name below their parent, first exactly, then as the service compares names: without regard to case.
 */
export function folderFinder(context: MailboxContext): FolderFinder {
  const { client } = context;
  const byRole = new Map<string, string | undefined>();
  const byParent = new Map<string, NamedFolders>();
  /** Why the service will not have a folder of a name below a parent: it would say so of everything below it again. */
  const refusals = new Map<string, SourceError>();

  /** A parent that is gone is that folder's failure, not the mailbox's. */
  const about = (parentId: string): FailureSubject =>
    parentId === ROOT ? aboutMailbox(context) : aboutFolder(context, parentId);

  const listPath = (parentId: string): string =>
    parentId === ROOT ? `${context.path}/mailFolders` : `${folderPath(context, parentId)}/childFolders`;

  async function findByRole(role: string, signal: AbortSignal | undefined): Promise<string | undefined> {
    if (byRole.has(role)) return byRole.get(role);
    const target = folderPath(context, role);
    const response = await client.send({ kind: 'folder', method: 'GET', target, query: { $select: 'id' }, signal });
    const isMissing = isNotFound(response) || response.status === 400;
    if (!response.ok && !isMissing) throw toSourceError(response, aboutMailbox(context));
    const id = isMissing ? undefined : requireId(asObject(response.json));
    byRole.set(role, id);
    return id;
  }

  async function childrenOf(parentId: string, signal: AbortSignal | undefined): Promise<NamedFolders> {
    const known = byParent.get(parentId);
    if (known !== undefined) return known;
    const children = namedFolders();
    const request = { kind: 'folder', method: 'GET', target: listPath(parentId), query: FOLDER_LIST_QUERY } as const;
    for await (const page of listPages(context, { ...request, signal }, about(parentId))) {
      for (const folder of page) {
        const id = idOf(folder);
        // Without an id nothing can be put into it.
        if (id !== undefined && !isSearchFolder(folder)) children.add(asString(folder['displayName']) ?? '', id);
      }
    }
    byParent.set(parentId, children);
    return children;
  }

  async function findOrCreate(
    parentId: string,
    folder: RestoreFolder,
    signal: AbortSignal | undefined,
  ): Promise<string> {
    const waits = writeWaits(context, 'folder', signal);
    for (let attempt = 1; ; attempt++) {
      const children = await childrenOf(parentId, signal);
      const found = children.find(folder.name);
      if (found !== undefined) return found;
      const refusal = refusals.get(placeOf(parentId, folder));
      if (refusal !== undefined) throw refusal;
      signal?.throwIfAborted();
      const created = await create(parentId, folder, { earlierAttempts: waits.attempts, signal });
      if (created !== undefined && !(created instanceof UncertainOutcome)) {
        const id = requireId(created);
        children.add(folder.name, id);
        byParent.set(id, namedFolders());
        return id;
      }
      if (created !== undefined && !(await waits.next(created))) throw outcomeError(created, about(parentId));
      // Somebody else created it meanwhile, or our own request got through although its answer did not.
      byParent.delete(parentId);
      if (attempt >= CREATIONS) throw new SourceError('ERR_SOURCE_PROTOCOL', { reason: 'ErrorFolderExists' });
    }
  }

  /** Creates a folder; `undefined` means that there is one of that name, to be looked for again. */
  async function create(
    parentId: string,
    folder: RestoreFolder,
    options: Pick<ServiceRequest, 'earlierAttempts' | 'signal'>,
  ): Promise<JsonObject | UncertainOutcome | undefined> {
    const { name, hidden } = folder;
    const body = { displayName: name, ...(hidden ? { isHidden: true } : {}) };
    const request = { kind: 'folder', method: 'POST', target: listPath(parentId), body, repeatable: false } as const;
    try {
      const response = await client.send({ ...request, ...options });
      if (response.status === 409) return undefined;
      if (response.status === 400) {
        const refusal = new SourceError('ERR_COLLECTION_REFUSED', { reason: failureReason(response) });
        refusals.set(placeOf(parentId, folder), refusal);
        throw refusal;
      }
      if (!response.ok) throw toSourceError(response, about(parentId));
      return asObject(response.json);
    } catch (error) {
      if (error instanceof UncertainOutcome) return error;
      throw error;
    }
  }

  function forget(): void {
    byRole.clear();
    byParent.clear();
    refusals.clear();
  }

  /** Goes down a path; `undefined` where `step` finds no way on. Begins again if a folder that it remembers is gone. */
  async function follow(...walk: Parameters<typeof descend>): Promise<string | undefined> {
    try {
      return await descend(...walk);
    } catch (error) {
      if (!SourceError.is(error, 'ERR_COLLECTION_NOT_FOUND')) throw error;
      forget();
      return descend(...walk);
    }
  }

  async function descend(
    path: readonly RestoreFolder[],
    step: (parentId: string, folder: RestoreFolder) => Promise<string | undefined>,
    signal: AbortSignal | undefined,
  ): Promise<string | undefined> {
    signal?.throwIfAborted();
    if (path.length === 0) throw new RangeError('the path of a folder must not be empty');
    let parentId: string | undefined = ROOT;
    for (const folder of path) {
      const id: string | undefined = folder.role === undefined ? undefined : await findByRole(folder.role, signal);
      parentId = id ?? (await step(parentId, folder));
      if (parentId === undefined) return undefined;
    }
    return parentId;
  }

  return {
    find: (path, { signal } = {}) =>
      follow(path, async (parentId, { name }) => (await childrenOf(parentId, signal)).find(name), signal),

    async prepare(path, { signal } = {}) {
      const id = await follow(path, (parentId, folder) => findOrCreate(parentId, folder, signal), signal);
      return id ?? requireId(undefined);
    },

    forget,
  };
}

function placeOf(parentId: string, { name }: RestoreFolder): string {
  return `${parentId}\n${name}`;
}

function requireId(folder: JsonObject | undefined): string {
  const id = folder && idOf(folder);
  if (id === undefined) throw new SourceError('ERR_SOURCE_PROTOCOL', { reason: 'a folder without an id' });
  return id;
}
