import type { CursorLoss, HistoryChange, HistoryFolder, MailboxHands } from './mailbox-hands.ts';

/**
 * The control of a service with several mailboxes, as far as a history needs it. `ExchangeControl` of the simulator is one.
 */
export interface MailboxControl {
  /** All folders, parents first. */
  folders(mailbox: string): readonly HistoryFolder[];
  /** All messages. */
  messages(mailbox: string): Promise<readonly ControlledMessage[]>;
  /** Puts the bytes of a letter into a folder. */
  addMessage(mailbox: string, folder: string, letter: Uint8Array): Promise<string>;
  /** Moves a message. */
  moveMessage(mailbox: string, message: string, folder: string): void;
  /** Deletes a message. */
  deleteMessage(mailbox: string, message: string): void;
  /** Gives properties of a message new values. */
  updateMessage(mailbox: string, message: string, change: HistoryChange): void;
  /** Makes a folder. */
  createFolder(mailbox: string, path: readonly string[], options: { readonly isHidden: boolean }): unknown;
  /** Gives a folder another name. */
  renameFolder(mailbox: string, folder: string, name: string): void;
  /** Moves a folder. */
  moveFolder(mailbox: string, folder: string, parent: string): void;
  /** Deletes a folder. */
  deleteFolder(mailbox: string, folder: string): void;
  /** Makes all cursors of a mailbox worthless. */
  expireDeltaTokens(options: { readonly mailbox: string; readonly code: CursorLoss }): void;
  /** Makes requests about a message fail. */
  failItem(message: string, fault: MessageFault): void;
  /** Ends that. */
  healItem(message: string): void;
}

/** A message as a {@link MailboxControl} shows it. */
export interface ControlledMessage {
  /** Its id, which survives moves. */
  readonly id: string;
  /** Id of its folder. */
  readonly folderId: string;
  /** What it says. */
  readonly content: ControlledContent;
}

/** Content of a message, as far as a history asks. */
export interface ControlledContent {
  /** Whether it is a draft. */
  readonly isDraft: boolean;
}

/** How a message fails. */
export interface MessageFault {
  /** HTTP status. */
  readonly status: number;
  /** The `code` of the error. */
  readonly code: string;
}

/** Options of {@link mailboxHands}. */
export interface MailboxHandsOptions {
  /** How messages fail. @defaultValue a 500 `ErrorCorruptData` */
  readonly fault?: MessageFault | undefined;
}

/**
 * Makes the hands for one mailbox of a simulated service.
 *
 * @example A history in the Exchange simulator
 * ```ts
 * import { startExchange } from '@holdfast/simulators/exchange';
 * import { mailboxHands, playHistory, seededRandomness } from '@holdfast/testkit';
 *
 * const exchange = await startExchange({ mailboxes: { 'ada@example.org': {} } });
 * const hands = mailboxHands(exchange.control, 'ada@example.org');
 * for await (const step of playHistory(hands, seededRandomness(7), { steps: 10 })) console.log(step.kind);
 * await exchange.close();
 * ```
 */
export function mailboxHands(
  control: MailboxControl,
  mailbox: string,
  { fault = { status: 500, code: 'ErrorCorruptData' } }: MailboxHandsOptions = {},
): MailboxHands {
  const failing = new Set<string>();
  return {
    async view() {
      const messages = (await control.messages(mailbox)).map(({ id, folderId, content: { isDraft } }) => ({
        id,
        folderId,
        isDraft,
      }));
      return { folders: control.folders(mailbox), messages, failing: [...failing] };
    },
    addMessage: (folder, letter) => control.addMessage(mailbox, folder, letter),
    moveMessage: (message, folder) => control.moveMessage(mailbox, message, folder),
    deleteMessage: (message) => control.deleteMessage(mailbox, message),
    changeMessage: (message, change) => control.updateMessage(mailbox, message, change),
    createFolder: (path, options) => void control.createFolder(mailbox, path, options),
    renameFolder: (folder, name) => control.renameFolder(mailbox, folder, name),
    moveFolder: (folder, parent) => control.moveFolder(mailbox, folder, parent),
    deleteFolder: (folder) => control.deleteFolder(mailbox, folder),
    expireCursors: (code) => control.expireDeltaTokens({ mailbox, code }),
    failMessage(message) {
      control.failItem(message, fault);
      failing.add(message);
    },
    healMessage(message) {
      control.healItem(message);
      failing.delete(message);
    },
  };
}
