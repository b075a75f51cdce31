import { createDice } from './dice.ts';
import type { Dice } from './dice.ts';
import { word } from './vocabulary.ts';

/** Somebody who writes mail. */
export interface Person {
  readonly name: string;
  readonly address: string;
  readonly phone: string;
  readonly title: string;
  readonly company: string;
  /** What stands below what they write; some companies ask for a disclaimer. */
  readonly signature: readonly string[];
}

const PEOPLE = 600;
const DISCLAIMER =
  'This message and its attachments are intended for the person they are addressed to only and may be confidential. If you ' +
  'received it by mistake, please tell the sender and delete it; copying or passing it on is not permitted.';

/** The people of a corpus: colleagues in one company, and those they write to. */
export function makePeople(seed: number): readonly Person[] {
  const dice = createDice(seed, 2);
  const companies = Array.from(
    { length: 60 },
    () => `${capital(longWord(dice))} ${dice.pick(['Ltd', 'GmbH', 'Inc', 'AG', 'Group'])}`,
  );
  return Array.from({ length: PEOPLE }, (_, i) => {
    const company = companies[i < 150 ? 0 : dice.integer(1, companies.length - 1)] ?? '';
    const [first, last] = [capital(longWord(dice)), capital(longWord(dice))];
    const name = `${first} ${last}`;
    const domain = `${plain(company.split(' ')[0] ?? '')}.example`;
    const phone = `+49 ${dice.integer(30, 999)} ${dice.integer(100_000, 9_999_999)}`;
    const title = `${capital(longWord(dice))} ${dice.pick(['Manager', 'Engineer', 'Assistant', 'Director', 'Sales'])}`;
    const signature = [name, title, company, `Phone ${phone}`, `www.${domain}`, ...(i % 3 === 0 ? [DISCLAIMER] : [])];
    return { name, address: `${plain(first)}.${plain(last)}@${domain}`, phone, title, company, signature };
  });
}

/** One of them, some far more often than others. */
export function somebody(dice: Dice, people: readonly Person[]): Person {
  const square = dice.fraction() * dice.fraction();
  const person = people[Math.floor(square * people.length)];
  if (person === undefined) throw new RangeError('nobody is there');
  return person;
}

function longWord(dice: Dice): string {
  for (;;) {
    const found = word(dice);
    if (found.length > 4) return found;
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function plain(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z]/g, 'e');
}
