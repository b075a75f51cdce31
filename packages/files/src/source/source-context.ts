import type { Clock } from '@holdfast/contracts';

import type { Pace } from '../internal/pace.ts';
import type { ReadMemory } from './read-memory.ts';

/** What the functions of one source share. */
export interface SourceContext {
  /** The folder, as an absolute path. */
  readonly root: string;
  /** The present. */
  readonly clock: Clock;
  /** How the file system is asked. */
  readonly pace: Pace;
  /** What files are read into. */
  readonly memory: ReadMemory;
}

/** The id of the folder itself. Those below are named by their relative path. */
export const ROOT_ID = '.';
/** The role of the folder itself: a target finds its own by it, however it is called. */
export const ROOT_ROLE = 'root';

/** The id of an entry of a folder. */
export function childId(folderId: string, name: string): string {
  return folderId === ROOT_ID ? name : `${folderId}/${name}`;
}

/** The folder that an entry is in. */
export function parentOf(id: string): string {
  const end = id.lastIndexOf('/');
  return end < 0 ? ROOT_ID : id.slice(0, end);
}

/** The name of an entry, without the folders above it. */
export function nameOf(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}
