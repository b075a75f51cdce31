import type { ListedFile } from '../corpus/list-files.ts';
import type { StoredFile, StoredPack } from './manifest.ts';

/** What all tasks of the bare pipeline need. */
export interface BareSettings {
  readonly repository: string;
  readonly secret: Uint8Array;
  /** Level of Zstandard. */
  readonly level: number;
  /** Whether mail is taken apart and its base64 decoded. */
  readonly mime: boolean;
}

/** What a thread does. All threads get the same task and take turns. */
export type BareTask = BackupTask | RestoreTask | CheckTask;

/** Stores files. */
export interface BackupTask extends BareSettings {
  readonly verb: 'backup';
  readonly source: string;
  readonly files: readonly ListedFile[];
  /** Which blobs are known: see `known-ids.ts`. */
  readonly known: SharedArrayBuffer;
}

/** Writes files back. */
export interface RestoreTask extends BareSettings {
  readonly verb: 'restore';
  readonly target: string;
  readonly files: readonly StoredFile[];
  readonly packs: readonly StoredPack[];
}

/** Reads everything and compares. */
export interface CheckTask extends BareSettings {
  readonly verb: 'check';
  readonly packs: readonly StoredPack[];
}
