import { makeAttachment } from './attachment-kinds.ts';
import { conversationOf } from './conversation.ts';
import { createDice } from './dice.ts';
import type { Person } from './people.ts';
import { somebody } from './people.ts';
import { base64Lines } from './transfer-encodings.ts';

/** Makes a calendar item with its attendees, as iCalendar. */
export function makeEvent(index: number, seed: number, people: readonly Person[]): string {
  const dice = createDice(seed, 8, index);
  const [said] = conversationOf(index, seed, people);
  const start = stamp((said?.date ?? 0) + dice.integer(1, 400) * 3_600_000);
  const attendees = Array.from({ length: dice.integer(1, 12) }, () => somebody(dice, people));
  return lines([
    'BEGIN:VCALENDAR',
    'PRODID:-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN',
    'VERSION:2.0',
    'METHOD:REQUEST',
    'BEGIN:VTIMEZONE',
    'TZID:W. Europe Standard Time',
    'BEGIN:STANDARD',
    'DTSTART:16011028T030000',
    'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10',
    'TZOFFSETFROM:+0200',
    'TZOFFSETTO:+0100',
    'END:STANDARD',
    'END:VTIMEZONE',
    'BEGIN:VEVENT',
    ...attendees.map(({ name, address }) => `ATTENDEE;CN="${name}";ROLE=REQ-PARTICIPANT;RSVP=TRUE:mailto:${address}`),
    `DESCRIPTION:${said?.paragraphs.join('\\n')}`,
    `DTSTART;TZID="W. Europe Standard Time":${start}`,
    `DTSTAMP:${stamp(said?.date ?? 0)}Z`,
    `ORGANIZER;CN="${said?.from.name}":mailto:${said?.from.address}`,
    ...(dice.chance(0.2) ? [`RRULE:FREQ=WEEKLY;COUNT=${dice.integer(2, 40)};BYDAY=TU`] : []),
    `SUMMARY:${said?.subject}`,
    'TRANSP:OPAQUE',
    `UID:040000008200E00074C5B7101A82E008${dice.bytes(24).toString('hex').toUpperCase()}`,
    'BEGIN:VALARM',
    'TRIGGER:-PT15M',
    'ACTION:DISPLAY',
    'DESCRIPTION:Reminder',
    'END:VALARM',
    'END:VEVENT',
    'END:VCALENDAR',
  ]);
}

/** Makes a contact as vCard, one in five with a photo. */
export function makeContact(index: number, seed: number, people: readonly Person[]): string {
  const dice = createDice(seed, 9, index);
  const { name, address, phone, title, company } = somebody(dice, people);
  const photo = dice.chance(0.2) ? makeAttachment('jpeg', dice.integer(2000, 20_000), dice) : undefined;
  return lines([
    'BEGIN:VCARD',
    'VERSION:3.0',
    `N:${name.split(' ').toReversed().join(';')};;;`,
    `FN:${name}`,
    `ORG:${company};`,
    `TITLE:${title}`,
    `TEL;TYPE=WORK,VOICE:${phone}`,
    `ADR;TYPE=WORK,PREF:;;${dice.integer(1, 200)} High Street;Town;;${dice.integer(10_000, 99_999)};Country`,
    `EMAIL;TYPE=PREF,INTERNET:${address}`,
    ...(photo ? [`PHOTO;TYPE=JPEG;ENCODING=B:\r\n ${base64Lines(photo, 72).replaceAll('\r\n', '\r\n ')}\r\n`] : []),
    `REV:2025${String(dice.integer(101, 1228)).padStart(4, '0')}T101112Z`,
    'END:VCARD',
  ]);
}

function stamp(date: number): string {
  return new Date(date).toISOString().replaceAll(/[-:]|\.\d+Z/g, '');
}

function lines(texts: readonly string[]): string {
  return `${texts.join('\r\n')}\r\n`;
}
