import type { SeededRandomness } from '../seeded-randomness.ts';

const WORDS =
  'the bridge of letter tomorrow please Rechnung für offer two meeting draft naïve café signed invoice late Tuesday with regards From train copper lantern'.split(
    ' ',
  );
const PEOPLE = ['Ada', 'Eve', 'Grace', 'Konrad', 'Zoë', 'Łukasz', 'たろう'];

/** So many words, with a line break now and then. */
export function words(dice: SeededRandomness, count: number): string {
  let text = '';
  for (let word = 0; word < count; word += 1) {
    text += dice.pick(WORDS) + (word % 11 === 10 ? '\r\n' : ' ');
  }
  return text.trimEnd();
}

/** A person with a name and an address. */
export interface Person {
  readonly name: string;
  readonly address: string;
}

/** Somebody. */
export function person(dice: SeededRandomness): Person {
  const name = dice.pick(PEOPLE);
  return { name, address: `person-${dice.integer(1, 40)}@example.org` };
}
