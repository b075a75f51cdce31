import { mkdirSync, statSync } from 'node:fs';

import { SourceError } from '@holdfast/contracts';
import type { RestoreFolder } from '@holdfast/contracts';

import { pathOf } from '../internal/entry-name.ts';
import { realFolder } from '../source/real-folder.ts';
import { ROOT_ID, ROOT_ROLE, childId } from '../source/source-context.ts';
import { safeName } from './safe-name.ts';
import type { TargetContext } from './target-context.ts';
import { makingError } from './target-errors.ts';
import { makeFolder } from './publish-files.ts';

/** The folder at the end of a way, if it is there. */
export function findFolder({ root, isPortable }: TargetContext, way: readonly RestoreFolder[]): string | undefined {
  const id = folderIdOf(way, isPortable);
  const isThere = id === ROOT_ID ? statSync(root, { throwIfNoEntry: false })?.isDirectory() : realFolder(root, id);
  return isThere === undefined || isThere === false ? undefined : id;
}

/** The folder at the end of a way; what is missing of it is made. */
export function makeFolders({ root, isPortable }: TargetContext, way: readonly RestoreFolder[]): string {
  const id = folderIdOf(way, isPortable);
  try {
    mkdirSync(root, { recursive: true });
    for (let end = id === ROOT_ID ? -1 : 0; end >= 0 && end < id.length;) {
      end = id.indexOf('/', end + 1);
      if (end < 0) end = id.length;
      // What lies behind a symbolic link is outside.
      if (!makeFolder(pathOf(root, id.slice(0, end)) as string))
        throw new SourceError('ERR_COLLECTION_REFUSED', { reason: 'something else has its name' });
    }
    return id;
  } catch (error) {
    throw makingError(error, root);
  }
}

/** The root of what was backed up is the root of what is restored into, whatever their names. */
function folderIdOf(way: readonly RestoreFolder[], isPortable: boolean): string {
  const below = way[0]?.role === ROOT_ROLE ? way.slice(1) : way;
  return below.reduce((id, { name }) => childId(id, safeName(name, isPortable)), ROOT_ID);
}
