import type { CursorLoss, HistoryChange } from './mailbox-hands.ts';

/** A folder as a step names it. */
export interface FolderReference {
  /** Its id. */
  readonly id: string;
  /** Where it was when the step was chosen. */
  readonly path: readonly string[];
}

/** A letter arrives, or a draft is begun. */
export interface AddMessageStep {
  /** Which. */
  readonly kind: 'add-draft' | 'add-message';
  /** Where. */
  readonly folder: FolderReference;
  /** Seed of the letter. */
  readonly letter: number;
}

/** The same letter arrives twice, byte for byte: as two messages. */
export interface DeliverTwiceStep {
  /** Discriminates the steps. */
  readonly kind: 'deliver-twice';
  /** Where; both may be the same folder. */
  readonly folders: readonly [FolderReference, FolderReference];
  /** Seed of the letter. */
  readonly letter: number;
}

/** A message goes to another folder. */
export interface MoveMessageStep {
  /** Discriminates the steps. */
  readonly kind: 'move-message';
  /** Id of the message. */
  readonly message: string;
  /** Where it was. */
  readonly from: FolderReference;
  /** Where it goes. */
  readonly to: FolderReference;
}

/** A message goes to another folder and changes at the same moment. */
export interface MoveAndChangeStep {
  /** Discriminates the steps. */
  readonly kind: 'move-and-change';
  /** Id of the message. */
  readonly message: string;
  /** Where it was. */
  readonly from: FolderReference;
  /** Where it goes. */
  readonly to: FolderReference;
  /** What changes. */
  readonly change: HistoryChange;
}

/** A message goes to another folder and comes back, between two looks of a backup. */
export interface MoveThereAndBackStep {
  /** Discriminates the steps. */
  readonly kind: 'move-there-and-back';
  /** Id of the message. */
  readonly message: string;
  /** Where it is, before and after. */
  readonly home: FolderReference;
  /** Where it is in between. */
  readonly over: FolderReference;
  /** What changes while it is there. @defaultValue nothing */
  readonly change?: HistoryChange | undefined;
}

/** A message changes where it is: flags, or the content of a draft. */
export interface ChangeMessageStep {
  /** Which. */
  readonly kind: 'change-message' | 'edit-draft';
  /** Id of the message. */
  readonly message: string;
  /** What changes. */
  readonly change: HistoryChange;
}

/** Something else happens to one message: it is deleted, cannot be read from now on, or can be read again. */
export interface MessageStep {
  /** What. */
  readonly kind: 'delete-message' | 'fail-message' | 'heal-message';
  /** Id of the message. */
  readonly message: string;
}

/** A folder is made. */
export interface CreateFolderStep {
  /** Discriminates the steps. */
  readonly kind: 'create-folder';
  /** Display names from below the root to the new folder. */
  readonly path: readonly string[];
  /** Whether it is hidden. */
  readonly isHidden: boolean;
}

/** A folder gets another name. */
export interface RenameFolderStep {
  /** Discriminates the steps. */
  readonly kind: 'rename-folder';
  /** Which. */
  readonly folder: FolderReference;
  /** The new name. */
  readonly name: string;
}

/** A folder goes below another one, with everything in it. */
export interface MoveFolderStep {
  /** Discriminates the steps. */
  readonly kind: 'move-folder';
  /** Which. */
  readonly folder: FolderReference;
  /** Where to. */
  readonly parent: FolderReference;
}

/** A folder is deleted with everything in it. */
export interface DeleteFolderStep {
  /** Discriminates the steps. */
  readonly kind: 'delete-folder';
  /** Which. */
  readonly folder: FolderReference;
}

/** The service forgets what it told. */
export interface ExpireCursorsStep {
  /** Discriminates the steps. */
  readonly kind: 'expire-cursors';
  /** How it says so. */
  readonly loss: CursorLoss;
}

/** One thing that happens to a mailbox, as plain data. */
export type HistoryStep =
  | AddMessageStep
  | ChangeMessageStep
  | CreateFolderStep
  | DeleteFolderStep
  | DeliverTwiceStep
  | ExpireCursorsStep
  | MessageStep
  | MoveAndChangeStep
  | MoveFolderStep
  | MoveMessageStep
  | MoveThereAndBackStep
  | RenameFolderStep;

/** What kinds of things happen to mailboxes. */
export type HistoryStepKind = HistoryStep['kind'];
