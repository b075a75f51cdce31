import { schemas } from '../openapi/schemas.ts';
import { invalidQuery } from '../protocol/graph-failure.ts';
import type { Folder } from '../store/folder.ts';
import type { Identifiers } from '../store/identifiers.ts';
import type { Mailbox } from '../store/mailbox.ts';

const PROPERTIES: ReadonlySet<string> = new Set(
  Object.keys(schemas['mailFolder']?.properties ?? {}).filter((name) => !name.includes('@')),
);

/** Checks the names in `$select` of folders. `wellKnownName` is not among them: v1.0 does not have it. */
export function checkFolderSelect(select: readonly string[] | undefined): void {
  for (const name of select ?? []) {
    if (!PROPERTIES.has(name)) {
      throw invalidQuery(
        `Parsing OData Select and Expand failed: Could not find a property named '${name}' on type 'microsoft.graph.mailFolder'.`,
      );
    }
  }
}

/** Shows a folder. The id is always there; a search folder says what it is. */
export function presentFolder(
  { mailbox, identifiers }: { readonly mailbox: Mailbox; readonly identifiers: Identifiers },
  folder: Folder,
  select: readonly string[] | undefined,
): Readonly<Record<string, unknown>> {
  const all: Record<string, unknown> = {
    displayName: folder.displayName,
    // The root has a parent too, which nothing can be asked about.
    parentFolderId: folder.parent?.id ?? `AQMkAD${identifiers.text(43, 'mailbox', mailbox.id)}AuAAADroot`,
    childFolderCount: visibleChildren(folder),
    unreadItemCount: folder.unread,
    totalItemCount: folder.messages.size,
    isHidden: folder.isHidden,
    ...(folder.isSearch && {
      isSupported: true,
      includeNestedFolders: true,
      sourceFolderIds: [mailbox.tree.root.id],
      filterQuery: 'isRead eq false',
    }),
  };
  const result: Record<string, unknown> = {
    ...(folder.isSearch && { '@odata.type': '#microsoft.graph.mailSearchFolder' }),
    id: folder.id,
  };
  for (const [name, value] of Object.entries(all)) {
    if (select?.includes(name) !== false) result[name] = value;
  }
  return result;
}

function visibleChildren({ children }: Folder): number {
  let count = 0;
  for (const { isHidden } of children) if (!isHidden) count++;
  return count;
}
