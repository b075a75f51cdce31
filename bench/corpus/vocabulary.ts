import { createDice } from './dice.ts';
import type { Dice } from './dice.ts';

const FREQUENT =
  'the of and to in is that for it was on are as with his they at be this from have or by one had not but what all ' +
  'were we when your can said there use an each which she do how their if will up other about out many then them ' +
  'please thanks regards meeting attached project week report order invoice best call let know next team order date';
const SYLLABLES =
  'an ar ber ca con da de den di el en er es fa ge ha il in ka la le ma me mi mo na ne no or pa per po pro ra re ri ro sa se si so ' +
  'sta ta te ter ti to tra un va ve vi za über ö é';
const SIZE = 30_000;
/** Two to the power of this many entries hold each word as often as it is likely. */
const TABLE_BITS = 16;

const words: readonly string[] = makeWords();
const table: Uint16Array = makeTable();

/** A word, the common ones often: the frequency of a word falls with its rank (Zipf's law). */
export function word(dice: Dice): string {
  return words[table[dice.word() >>> (32 - TABLE_BITS)] ?? 0] ?? '';
}

/** A sentence of 4 to 22 words. */
export function sentence(dice: Dice): string {
  const length = dice.integer(4, 22);
  let text = word(dice);
  text = text.charAt(0).toUpperCase() + text.slice(1);
  for (let i = 1; i < length; i += 1) text += (dice.word() & 15) === 0 ? `, ${word(dice)}` : ` ${word(dice)}`;
  return text + ((dice.word() & 15) === 0 ? '?' : '.');
}

/** A paragraph of about that many characters. */
export function paragraph(dice: Dice, length: number): string {
  let text = sentence(dice);
  while (text.length < length) text += ` ${sentence(dice)}`;
  return text;
}

/** Words of a language that is none, from syllables; the same in every corpus, as a language is. */
function makeWords(): readonly string[] {
  const dice = createDice(1);
  const syllables = SYLLABLES.split(' ');
  const known = new Set(FREQUENT.split(' '));
  while (known.size < SIZE) {
    let made = '';
    for (let left = dice.integer(1, 3) + dice.integer(0, 1); left > 0; left -= 1) made += dice.pick(syllables);
    known.add(made);
  }
  return [...known];
}

function makeTable(): Uint16Array {
  const entries = new Uint16Array(2 ** TABLE_BITS);
  let harmonic = 0;
  for (let rank = 1; rank <= SIZE; rank += 1) harmonic += 1 / (rank + 2);
  let cumulated = 0;
  let at = 0;
  for (let rank = 1; rank <= SIZE; rank += 1) {
    cumulated += 1 / (rank + 2) / harmonic;
    for (const end = Math.round(cumulated * entries.length); at < end; at += 1) entries[at] = rank - 1;
  }
  return entries;
}
