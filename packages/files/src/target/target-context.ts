import type { ResolvedFilesTargetOptions } from '../files-options.ts';
import type { Pace } from '../internal/pace.ts';
import type { TargetFolders } from './target-folders.ts';

/** What the functions of one target share. */
export interface TargetContext extends ResolvedFilesTargetOptions {
  /** How the file system is asked. */
  readonly pace: Pace;
  /** What is known of the folders that are restored into. */
  readonly folders: TargetFolders;
}
