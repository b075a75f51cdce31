import type { ResolvedFilesTargetOptions } from '../files-options.ts';
import type { RestorableItem } from '@holdfast/contracts';
import type { Pace } from '../internal/pace.ts';
import type { ItemLayout } from './item-layout.ts';
import type { TargetFolders } from './target-folders.ts';

/** What the functions of one target share. */
export interface TargetContext extends ResolvedFilesTargetOptions {
  /** How the file system is asked. */
  readonly pace: Pace;
  /** Tells how an item lies in a folder. An item that is looked for and then written is laid out once. */
  readonly layoutOf: (item: RestorableItem) => ItemLayout;
  /** What is known of the folders that are restored into. */
  readonly folders: TargetFolders;
}
