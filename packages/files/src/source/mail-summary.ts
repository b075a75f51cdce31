import { isAscii } from 'node:buffer';

import { addressParser, decodeWords } from 'postal-mime';
import type { Address } from 'postal-mime';

import type { ItemSummary } from '@holdfast/contracts';

/** So much of a message is looked at: headers that count stand before long ones, but for those of mailing lists. */
export const HEADER_BYTES: number = 4096;

const WANTED = /^(subject|from|to|cc|date|content-type):[ \t]*((?:.*(?:\r?\n[ \t]+.*)*))/gim;
/** Without a zone, `Date.parse` takes the one of this machine. */
const DATE = /\d{1,2}:\d{2}(?::\d{2})?\s+(?:[+-]\d{4}|GMT|UT|UTC|Z)\b/;
/**
 * `Ada Lovelace <ada@example.org>`, with or without quotation marks, or with encoded words (RFC 2047) as a name, or the
 * address alone in its brackets.
 */
const PLAIN =
  /^(?:(?:([\w.-]+(?: [\w.-]+)*)|"([\w.-]+(?: [\w.-]+)*)"|((?:=\?[\w-]+\?[bq]\?[\w+/=!*-]+\?= ?)+)) ?)?<(\w[\w.+-]*@\w[\w.-]*\w)>$/i;
const MOST_RECIPIENTS = 20;
const LONGEST_LINE = 2000;

/** What the head of a message says about it; absent what it does not. */
export type MailSummary = Partial<Pick<ItemSummary, 'subject' | 'from' | 'to' | 'date' | 'hasAttachments'>>;

/**
 * Reads subject, people and date out of the first bytes of a message. Never throws: every sequence of bytes is a message.
 *
 * Takes some ten microseconds. A whole parse takes half a millisecond, which for 20,000 files is longer than all the rest.
 */
export function mailSummary(head: Uint8Array): MailSummary {
  const header = headerOf(Buffer.from(head.buffer, head.byteOffset, head.length));
  const values = new Map<string, string>();
  for (const [, name = '', value = ''] of decode(header).matchAll(WANTED)) {
    const key = name.toLowerCase();
    if (!values.has(key))
      values.set(
        key,
        value
          .slice(0, LONGEST_LINE)
          .replaceAll(/\r?\n[ \t]+/g, ' ')
          .trim(),
      );
  }
  const subject = oneLine(decodeWords(values.get('subject') ?? ''));
  const from = peopleOf(values.get('from'))[0];
  const to = [...peopleOf(values.get('to')), ...peopleOf(values.get('cc'))].slice(0, MOST_RECIPIENTS);
  const date = dateOf(values.get('date'));
  return {
    ...(subject !== '' && { subject: own(subject) }),
    ...(from !== undefined && { from: own(from) }),
    ...(to.length > 0 && { to: to.map(own) }),
    ...(date !== undefined && { date }),
    hasAttachments: /^multipart\/mixed\b/i.test(values.get('content-type') ?? ''),
  };
}

/** All up to the first empty line, with the line end before it. */
function headerOf(head: Buffer): Buffer {
  const ends = [head.indexOf('\n\n'), head.indexOf('\n\r\n')].filter((end) => end !== -1);
  return head.subarray(0, Math.min(head.length, ...ends.map((end) => end + 1)));
}

function decode(bytes: Buffer): string {
  const text = bytes.toString('latin1');
  if (isAscii(bytes)) return text;
  // The last character may be cut.
  const decoded = new TextDecoder().decode(bytes);
  return decoded.slice(0, -1).includes('\uFFFD') ? text : decoded;
}

function peopleOf(value: string | undefined): string[] {
  if (value === undefined || value === '') return [];
  return plainPeople(value) ?? addressParser(value).flatMap((one) => personsIn(one));
}

/** What nearly all mail has; the parser takes twenty times as long over it. `undefined` where only the parser knows. */
function plainPeople(value: string): string[] | undefined {
  const people: string[] = [];
  for (const one of value.split(',')) {
    const [, bare, quoted = bare, encoded, address] = PLAIN.exec(one.trim()) ?? [];
    if (address === undefined) return undefined;
    people.push(personOf(encoded === undefined ? quoted : oneLine(decodeWords(encoded.trim())), address));
  }
  return people;
}

function personsIn({ name, address, group }: Address): string[] {
  if (group !== undefined) return group.flatMap((one) => personsIn(one));
  const called = oneLine(decodeWords(name ?? ''));
  if (address === undefined || address === '') return called === '' ? [] : [called];
  return [personOf(called, address)];
}

/** A name that is none, or the address once more, is left out. */
function personOf(called: string | undefined, address: string): string {
  return called === undefined || called === '' || called === address ? `<${address}>` : `${called} <${address}>`;
}

function dateOf(value: string | undefined): number | undefined {
  if (value === undefined || !DATE.test(value)) return undefined;
  const time = Date.parse(value.replaceAll(/\([^()]*\)/g, ' ').replace(/\bUT\b/, 'UTC'));
  return Number.isNaN(time) ? undefined : time;
}

function oneLine(text: string): string {
  return (
    text
      // oxlint-disable-next-line no-control-regex -- control characters are what it replaces
      .replaceAll(/[\u0000-\u001f\u007f]+/g, ' ')
      .trim()
  );
}

/** The same well-formed and in memory of its own: a part of a string keeps all of it in memory. */
function own(text: string): string {
  return Buffer.from(text).toString();
}
