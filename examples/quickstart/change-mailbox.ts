import { planDemoChanges } from '@holdfast/simulators/exchange';
import type {
  DemoChange,
  DemoItem,
  EmailAddress,
  ExchangeControl,
  FollowupFlag,
  MessageContent,
  MessageState,
} from '@holdfast/simulators/exchange';

/** Lets a day pass in a mailbox: mail comes, goes, moves, is flagged and read, a draft is edited. */
export async function changeMailbox(
  control: ExchangeControl,
  owner: EmailAddress,
  options: { readonly before: readonly MessageState[]; readonly seed: number; readonly now: number },
): Promise<readonly DemoChange[]> {
  const { before, seed, now } = options;
  const contents = new Map(before.map(({ id, content }) => [id, content]));
  const items = before.map(({ id, folder, content }) => ({ id, folder, isDraft: content.isDraft }));
  const share = Math.max(1, Math.floor(items.length / 10));
  const whole = await planDemoChanges({ seed, items, owner, now, additions: Math.min(12, share) });
  const planned = atMost(whole, Math.min(share, items.length - 1));
  const changes = [...planned, ...movesToArchive(planned, items, share)];
  const mailbox = owner.address;
  for (const change of changes) {
    switch (change.type) {
      case 'add':
        await control.addMessage(mailbox, change.folder, change.content);
        break;
      case 'delete':
        control.deleteMessage(mailbox, change.id);
        break;
      case 'move':
        control.moveMessage(mailbox, change.id, change.folder);
        break;
      case 'flag':
        control.updateMessage(mailbox, change.id, { flag: otherFlag(contents.get(change.id), change.flag) });
        break;
      case 'mark-read':
        control.updateMessage(mailbox, change.id, { isRead: contents.get(change.id)?.isRead === false });
        break;
      case 'categorise':
        control.updateMessage(mailbox, change.id, { categories: change.categories });
        break;
      case 'edit-draft':
        control.updateMessage(mailbox, change.id, {
          subject: change.subject,
          body: { contentType: 'html', content: change.html },
          attachments: [...(contents.get(change.id)?.attachments ?? []), change.attachment],
        });
        break;
    }
  }
  return changes;
}

const MOVES = 5;

/** The plan is for hundreds of messages; of a few it would delete all. So many changes of each kind are left. */
function atMost(planned: readonly DemoChange[], share: number): DemoChange[] {
  const ofKind = Map.groupBy(planned, ({ type }) => type);
  return [...ofKind].flatMap(([type, changes]) => (type === 'add' ? changes : changes.slice(0, share)));
}

/** A mailbox with a single folder leaves the plan nowhere to move to; then some untouched messages go to the archive. */
function movesToArchive(planned: readonly DemoChange[], items: readonly DemoItem[], share: number): DemoChange[] {
  if (planned.some(({ type }) => type === 'move')) return [];
  const touched = new Set(planned.map((change) => ('id' in change ? change.id : undefined)));
  const untouched = items.filter(({ id, isDraft }) => !isDraft && !touched.has(id));
  return untouched.slice(0, Math.min(MOVES, share)).map(({ id }) => ({ type: 'move', id, folder: ['Archive'] }));
}

/** The flag planned, or another one where the message has that already. */
function otherFlag(content: MessageContent | undefined, planned: FollowupFlag): FollowupFlag {
  return content?.flag.flagStatus === planned.flagStatus ? { flagStatus: 'notFlagged' } : planned;
}

/** How many changes of each kind there were, for people. */
export function describeChanges(changes: readonly DemoChange[]): string {
  const words: Readonly<Record<DemoChange['type'], string>> = {
    add: 'new',
    delete: 'deleted',
    move: 'moved',
    flag: 'flagged',
    'mark-read': 'read or unread',
    categorise: 'put into categories',
    'edit-draft': 'drafts edited',
  };
  const counts = Map.groupBy(changes, ({ type }) => type);
  return [...counts].map(([type, { length }]) => `${length} ${words[type]}`).join(', ');
}
