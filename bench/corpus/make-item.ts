import { conversationOf, dateOf } from './conversation.ts';
import { makeMail } from './make-mail.ts';
import { makeContact, makeEvent } from './make-small-item.ts';
import { makePeople } from './people.ts';
import type { PlannedItem } from './plan-corpus.ts';

/** A file of a corpus. */
export interface CorpusFile {
  /** Where it lies below the corpus, with `/` between the levels. */
  readonly path: string;
  readonly bytes: Buffer;
  /** Bytes of it that are not attachments. */
  readonly text: string;
  /** Milliseconds since 1970, for the time of the file. */
  readonly date: number;
}

const FOLDERS = [
  'Inbox',
  'Sent Items',
  'Archive/2024',
  'Archive/2025',
  'Projects/Bridge',
  'Projects/Harbour',
  'Customers',
];

/** Returns a function that makes the file of any item of a plan. */
export function itemMaker(seed: number): (item: PlannedItem) => CorpusFile {
  const people = makePeople(seed);
  return (item) => {
    const { index, kind } = item;
    const number = String(index).padStart(7, '0');
    const date = dateOf(index);
    if (kind === 'mail') {
      const folder = FOLDERS[(conversationOf(index, seed, people).at(-1)?.index ?? 0) % FOLDERS.length];
      return { path: `${folder}/${number}.eml`, date, ...makeMail(item, seed, people) };
    }
    const text = kind === 'event' ? makeEvent(index, seed, people) : makeContact(index, seed, people);
    const path = kind === 'event' ? `Calendar/${number}.ics` : `Contacts/${number}.vcf`;
    return { path, bytes: Buffer.from(text), text, date };
  };
}
