import { SourceError } from '@holdfast/contracts';
import type { JsonObject, OperationOptions, RestoreFolder } from '@holdfast/contracts';

import { UncertainOutcome } from '../client/call.ts';
import type { ServiceRequest } from '../client/call.ts';
import { isNotFound, outcomeError, toSourceError } from '../client/service-error.ts';
import { FOLDER_LIST_QUERY, isSearchFolder } from '../folders.ts';
import { asObject, asString } from '../json-access.ts';
import { aboutMailbox, folderPath } from '../mailbox-context.ts';
import type { MailboxContext } from '../mailbox-context.ts';
import { listPages } from '../pages.ts';
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

/** What is known of the folders below one parent. */
type Children = JsonObject[];

const ROOT = '';
const CREATIONS = 8;

/**
 * Makes a finder that remembers what it has seen. Folders with a role are found by it, whatever they are called; others
 * by name below their parent, first exactly, then as the service compares names: without regard to case.
 */
export function folderFinder(context: MailboxContext): FolderFinder {
  const { client } = context;
  const subject = aboutMailbox(context);
  const byRole = new Map<string, string>();
  const byParent = new Map<string, Children>();

  const listPath = (parentId: string): string =>
    parentId === ROOT ? `${context.path}/mailFolders` : `${folderPath(context, parentId)}/childFolders`;

  async function findByRole(role: string, signal: AbortSignal | undefined): Promise<string | undefined> {
    const known = byRole.get(role);
    if (known !== undefined) return known;
    const target = folderPath(context, role);
    const response = await client.send({ kind: 'folder', method: 'GET', target, query: { $select: 'id' }, signal });
    if (isNotFound(response) || response.status === 400) return undefined;
    if (!response.ok) throw toSourceError(response, subject);
    const id = idOf(asObject(response.json));
    byRole.set(role, id);
    return id;
  }

  async function childrenOf(parentId: string, signal: AbortSignal | undefined): Promise<Children> {
    const known = byParent.get(parentId);
    if (known !== undefined) return known;
    const children: Children = [];
    const request = { kind: 'folder', method: 'GET', target: listPath(parentId), query: FOLDER_LIST_QUERY } as const;
    for await (const page of listPages(context, { ...request, signal }, subject)) {
      children.push(...page.filter((folder) => !isSearchFolder(folder)));
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
      const found = byName(children, folder.name);
      if (found !== undefined) return idOf(found);
      signal?.throwIfAborted();
      const created = await create(parentId, folder, { earlierAttempts: waits.attempts, signal });
      if (created !== undefined && !(created instanceof UncertainOutcome)) {
        children.push(created);
        byParent.set(idOf(created), []);
        return idOf(created);
      }
      if (created !== undefined && !(await waits.next(created))) throw outcomeError(created, subject);
      // Somebody else created it meanwhile, or our own request got through although its answer did not.
      byParent.delete(parentId);
      if (attempt >= CREATIONS) throw new SourceError('ERR_SOURCE_PROTOCOL', { reason: 'ErrorFolderExists' });
    }
  }

  /** Creates a folder; `undefined` means that there is one of that name, to be looked for again. */
  async function create(
    parentId: string,
    { name, hidden }: RestoreFolder,
    options: Pick<ServiceRequest, 'earlierAttempts' | 'signal'>,
  ): Promise<JsonObject | UncertainOutcome | undefined> {
    const body = { displayName: name, ...(hidden ? { isHidden: true } : {}) };
    const request = { kind: 'folder', method: 'POST', target: listPath(parentId), body, repeatable: false } as const;
    try {
      const response = await client.send({ ...request, ...options });
      if (response.status === 409) return undefined;
      if (!response.ok) throw toSourceError(response, subject);
      return asObject(response.json);
    } catch (error) {
      if (error instanceof UncertainOutcome) return error;
      throw error;
    }
  }

  /** Goes down a path; `undefined` where `step` finds no way on. */
  async function follow(
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
      follow(
        path,
        async (parentId, { name }) => {
          const found = byName(await childrenOf(parentId, signal), name);
          return found === undefined ? undefined : idOf(found);
        },
        signal,
      ),

    async prepare(path, { signal } = {}) {
      const id = await follow(path, (parentId, folder) => findOrCreate(parentId, folder, signal), signal);
      return id ?? idOf(undefined);
    },

    forget() {
      byRole.clear();
      byParent.clear();
    },
  };
}

function byName(folders: Children, name: string): JsonObject | undefined {
  const exact = folders.find((folder) => folder['displayName'] === name);
  if (exact !== undefined) return exact;
  const folded = name.toLowerCase();
  return folders.find((folder) => asString(folder['displayName'])?.toLowerCase() === folded);
}

function idOf(folder: JsonObject | undefined): string {
  const id = asString(folder?.['id']);
  if (id === undefined) throw new SourceError('ERR_SOURCE_PROTOCOL', { reason: 'a folder without an id' });
  return id;
}
