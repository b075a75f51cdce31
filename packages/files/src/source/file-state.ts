import type { Stats } from 'node:fs';

/** What the file system says of a file, as numbers: times in milliseconds with fractions. */
export interface FileState {
  /** Bytes. */
  readonly size: number;
  /** When its content changed last. */
  readonly modified: number;
  /** When anything of it changed last: its name, its rights. */
  readonly changed: number;
  /** When it was created; 0 where the file system does not say. */
  readonly created: number;
}

/** Takes out of an answer of the system what counts. */
export function fileState({ size, mtimeMs, ctimeMs, birthtimeMs }: Stats): FileState {
  const created = Math.floor(birthtimeMs);
  return { size, modified: mtimeMs, changed: ctimeMs, created: created > 0 ? created : 0 };
}

/** Whether nothing happened to a file between two looks. */
export function isSameState(one: FileState, other: FileState): boolean {
  return one.size === other.size && one.modified === other.modified && one.changed === other.changed;
}

/** File systems that keep whole seconds keep every other one at least. */
const COARSE_MS = 2000;

/**
 * Whether the file may be written once more without any of its times showing it: FAT and some shares keep seconds only,
 * and the last write was in this one. What is told of such a file holds until it is older.
 */
export function mayChangeUnseen({ modified, changed }: FileState, now: number): boolean {
  if (modified % 1000 !== 0 || changed % 1000 !== 0) return false;
  const age = now - Math.max(modified, changed);
  return age >= 0 && age <= COARSE_MS;
}

/**
 * The content key: as long as it stays the same, the file is not read again. Inode numbers do not count: on FAT, and on many
 * network and user-space file systems, they are others after each mount; and where they last, putting another file into
 * the place of this one changes the time `changed`.
 */
export function contentKeyOf(state: FileState, now: number): string {
  const { size, modified, changed } = state;
  return `${size}-${modified}-${changed}${mayChangeUnseen(state, now) ? '-young' : ''}`;
}
