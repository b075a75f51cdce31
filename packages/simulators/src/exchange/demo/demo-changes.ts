import type { EmailAddress, FileAttachmentContent, FollowupFlag, MessageContent } from '../message-content.ts';
import { ownFile } from './demo-files.ts';
import type { DemoFolder } from './demo-folders.ts';
import { demoMailbox } from './demo-mailbox.ts';
import { demoRandom } from './demo-random.ts';

/** What {@link planDemoChanges} needs to know of a message. */
export interface DemoItem {
  /** Id of the message in its mailbox. */
  readonly id: string;
  /** Display names of its folders from the top of the mailbox down. */
  readonly folder: DemoFolder;
  /** Whether it is a draft. */
  readonly isDraft: boolean;
}

/** A message that arrives, or that the owner sends. */
export interface DemoAddition {
  /** Discriminates the kinds of change. */
  readonly type: 'add';
  /** Folder it lands in. */
  readonly folder: DemoFolder;
  /** The message. */
  readonly content: MessageContent;
}

/** A message that is deleted for good. */
export interface DemoDeletion {
  /** Discriminates the kinds of change. */
  readonly type: 'delete';
  /** Id of the message. */
  readonly id: string;
}

/** A message that goes to another folder. */
export interface DemoMove {
  /** Discriminates the kinds of change. */
  readonly type: 'move';
  /** Id of the message. */
  readonly id: string;
  /** Folder it goes to; one that other messages of the mailbox lie in. */
  readonly folder: DemoFolder;
}

/** A message that gets another follow-up flag. */
export interface DemoFlagging {
  /** Discriminates the kinds of change. */
  readonly type: 'flag';
  /** Id of the message. */
  readonly id: string;
  /** The flag it gets. */
  readonly flag: FollowupFlag;
}

/** A message that is read, or marked as not read. */
export interface DemoReading {
  /** Discriminates the kinds of change. */
  readonly type: 'mark-read';
  /** Id of the message. */
  readonly id: string;
  /** The state it gets. */
  readonly isRead: boolean;
}

/** A message that is put into categories. */
export interface DemoCategorising {
  /** Discriminates the kinds of change. */
  readonly type: 'categorise';
  /** Id of the message. */
  readonly id: string;
  /** All its categories afterwards. */
  readonly categories: readonly string[];
}

/** A draft that its author goes on with. */
export interface DemoDraftEdit {
  /** Discriminates the kinds of change. */
  readonly type: 'edit-draft';
  /** Id of the draft. */
  readonly id: string;
  /** Its new subject. */
  readonly subject: string;
  /** Its new HTML body. */
  readonly html: string;
  /** A file that is attached to it beside those it has. */
  readonly attachment: FileAttachmentContent;
}

/** One change of a mailbox, as plain data. */
export type DemoChange =
  | DemoAddition
  | DemoCategorising
  | DemoDeletion
  | DemoDraftEdit
  | DemoFlagging
  | DemoMove
  | DemoReading;

/** Options of {@link planDemoChanges}. */
export interface DemoChangesOptions {
  /** The same seed and items give the same changes. */
  readonly seed: number;
  /** The mailbox as it is. */
  readonly items: readonly DemoItem[];
  /** Whose mailbox it is. */
  readonly owner: EmailAddress;
  /** The time of the newest addition, milliseconds since 1970. */
  readonly now: number;
  /**
   * How many messages are added.
   *
   * @defaultValue `12`
   */
  readonly additions?: number | undefined;
}

/** How many messages meet with each kind of change, as far as the mailbox has that many. */
const COUNTS = { deletions: 6, moves: 5, flags: 5, readings: 8, categories: 4, drafts: 2 };

/**
 * Plans what happens to a mailbox in a day: messages come and go, move, are flagged, read and sorted, drafts grow.
 *
 * Nothing is changed here; apply the plan in its order. No message is named twice, and none is moved to where it is.
 *
 * @example What would happen to two messages
 * ```ts
 * import { planDemoChanges } from '@holdfast/simulators/exchange';
 *
 * const items = [
 *   { id: 'a', folder: ['Inbox'], isDraft: false },
 *   { id: 'b', folder: ['Drafts'], isDraft: true },
 * ];
 * const owner = { name: 'Alex Doe', address: 'alex@demo.example' };
 * const changes = await planDemoChanges({ seed: 1, items, owner, now: Date.UTC(2026, 0, 2) });
 * const kinds = changes.map((change) => change.type);
 * ```
 */
export async function planDemoChanges(options: DemoChangesOptions): Promise<DemoChange[]> {
  const { seed, items, owner, now, additions = 12 } = options;
  const random = demoRandom(seed ^ 0x0c4a_96e5);
  const drafts = random.sample(
    items.filter((item) => item.isDraft),
    COUNTS.drafts,
  );
  // In random order; each kind of change takes its share from the front, so no message is named twice.
  const rest = random.sample(
    items.filter((item) => !item.isDraft),
    items.length,
  );
  const folders = distinctFolders(items.filter((item) => !item.isDraft));
  const changes: DemoChange[] = [];

  for (const { id } of rest.splice(0, COUNTS.deletions)) changes.push({ type: 'delete', id });
  for (const { id, folder } of rest.splice(0, COUNTS.moves)) {
    const others = folders.filter((other) => other.join('\0') !== folder.join('\0'));
    if (others.length > 0) changes.push({ type: 'move', id, folder: random.pick(others) });
  }
  for (const { id } of rest.splice(0, COUNTS.flags)) {
    changes.push({
      type: 'flag',
      id,
      flag: { flagStatus: random.pick(['flagged', 'flagged', 'complete']) },
    });
  }
  for (const { id } of rest.splice(0, COUNTS.readings)) {
    changes.push({ type: 'mark-read', id, isRead: random.chance(0.7) });
  }
  for (const { id } of rest.splice(0, COUNTS.categories)) {
    changes.push({ type: 'categorise', id, categories: random.sample(['Travel', 'Überfällig', 'Green category'], 2) });
  }
  for (const { id } of drafts) {
    const { name, contentType, bytes } = ownFile(random);
    changes.push({
      type: 'edit-draft',
      id,
      subject: `Second version, ${random.integer(2, 9)} open points`,
      html: `<html><body><p>The part about the warehouse is new.</p><p>${random.hex(8)}</p></body></html>`,
      attachment: { kind: 'file', name, contentType, isInline: false, contentId: undefined, bytes },
    });
  }
  for await (const added of demoMailbox({ seed: seed ^ 0x5bd1_e995, messages: additions, owner, now, days: 1 })) {
    changes.push({ type: 'add', ...added });
  }
  return changes;
}

function distinctFolders(items: readonly DemoItem[]): DemoFolder[] {
  return [...new Map(items.map(({ folder }) => [folder.join('\0'), folder])).values()];
}
