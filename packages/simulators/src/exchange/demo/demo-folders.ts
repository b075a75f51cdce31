import type { DemoRandom } from './demo-random.ts';

/** Path of a folder below the top of the mailbox, by display names. */
export type DemoFolder = readonly string[];

/** Folders that new conversations land in, the busier ones more than once. Display names repeat under other parents. */
const INCOMING: readonly DemoFolder[] = [
  ['Inbox'],
  ['Inbox'],
  ['Inbox'],
  ['Inbox'],
  ['Inbox', 'Projects'],
  ['Inbox', 'Projects', 'Aurora'],
  ['Inbox', 'Projects', 'Aurora', 'Invoices'],
  ['Inbox', 'Projects', 'Aurora', 'Design reviews', 'Prototype'],
  ['Inbox', 'Projects', 'Borealis'],
  ['Inbox', 'Projects', 'Borealis', 'Invoices'],
  ['Inbox', 'Kunden', 'München'],
  ['Inbox', 'Заказы'],
  ['Inbox', '旅行'],
  ['Deleted Items'],
  ['Junk Email'],
];

/** Where the owner's own messages lie. */
export const SENT_ITEMS: DemoFolder = ['Sent Items'];

/** Where unsent messages lie. */
export const DRAFTS: DemoFolder = ['Drafts'];

/** Chooses the folder of a new conversation. */
export function incomingFolder(random: DemoRandom): DemoFolder {
  return random.pick(INCOMING);
}

/** The archive folder of the year a message came in; invoices have one of their own there. */
export function archiveFolder(time: number, folder: DemoFolder): DemoFolder {
  const year = String(new Date(time).getUTCFullYear());
  return folder.at(-1) === 'Invoices' ? ['Archive', year, 'Invoices'] : ['Archive', year];
}
