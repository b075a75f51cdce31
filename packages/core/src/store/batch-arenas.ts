import { createArena } from './arena.ts';
import type { Arena } from './arena.ts';

/** Memory for what is made of the parts of one batch until it is stored: nothing in it is longer than what it is made of. */
export interface BatchArenas {
  /** What was decoded: one attachment after the other. */
  readonly decoded: Arena;
  /** Headers and texts of messages. */
  readonly skeletons: Arena;
  /** Groups of small pieces. */
  readonly groups: Arena;
}

/** Makes arenas for batches of up to so many bytes. */
export function createBatchArenas(capacity: number): BatchArenas {
  return { decoded: createArena(capacity), skeletons: createArena(capacity), groups: createArena(capacity) };
}

/** Forgets what is in them. */
export function clearArenas({ decoded, skeletons, groups }: BatchArenas): void {
  decoded.clear();
  skeletons.clear();
  groups.clear();
}
