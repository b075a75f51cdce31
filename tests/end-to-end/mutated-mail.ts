import { Buffer } from 'node:buffer';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandomness } from '@holdfast/testkit';
import { joinSegments } from '../../packages/core/src/mime/join-segments.ts';
import { createMimeSplitter } from '../../packages/core/src/mime/mime-splitter.ts';

/** What became of messages that were split and put together again. */
export interface SplitMail {
  /** Messages as they are. */
  readonly originals: number;
  /** Mutated ones. */
  readonly mutants: number;
  /** Names and seeds of those that did not come back byte by byte. */
  readonly wrong: readonly string[];
  /** Messages of which something was decoded. */
  readonly decoded: number;
}

type Dice = ReturnType<typeof seededRandomness>;

/** What may happen to the bytes of a message on its way through the world. */
const MUTATIONS: readonly ((bytes: Buffer, dice: Dice) => Buffer)[] = [
  (bytes, dice) => {
    const flipped = Buffer.from(bytes);
    for (let i = dice.integer(1, 20); i > 0; i -= 1)
      flipped[dice.integer(0, bytes.length - 1)]! ^= 1 << dice.integer(0, 7);
    return flipped;
  },
  (bytes, dice) => bytes.subarray(0, dice.integer(0, bytes.length)),
  (bytes, dice) => {
    const at = dice.integer(0, bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + dice.integer(1, 200))]);
  },
  (bytes, dice) => {
    const at = dice.integer(0, bytes.length);
    return Buffer.concat([bytes.subarray(0, at), dice.bytes(dice.integer(1, 200)), bytes.subarray(at)]);
  },
  (bytes, dice) => {
    const from = dice.integer(0, bytes.length);
    const part = bytes.subarray(from, from + dice.integer(1, 20_000));
    return Buffer.concat([bytes.subarray(0, from), part, part, bytes.subarray(from)]);
  },
  (bytes) => Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1'),
  // Base64 in one line, as some programs write it.
  (bytes) => Buffer.from(bytes.toString('latin1').replaceAll(/(?<=[\w+/]{60})\r?\n(?=[\w+/]{4})/g, ''), 'latin1'),
  (bytes) => Buffer.from(bytes.toString('latin1').replaceAll(/\r?\n/g, '\r\n'), 'latin1'),
  (bytes, dice) => {
    const text = bytes.toString('latin1');
    const at = dice.integer(0, bytes.length);
    const swapped = dice.integer(0, 1) === 0 ? '\r' : '\n';
    return Buffer.from(text.slice(0, at) + text.slice(at).replace(/\r?\n/, swapped), 'latin1');
  },
  (bytes, dice) => {
    const text = bytes.toString('latin1');
    const at = dice.integer(0, bytes.length);
    return Buffer.from(
      text.slice(0, at) + text.slice(at).replace(/[A-Za-z]/, dice.pick(['=', '-', '_', ' ', '\0', '+'])),
      'latin1',
    );
  },
];

/** Splits every message of a folder, and so many mutated ones, and puts them together again. */
export function splitMail(
  corpus: string,
  { mutants, seed }: { readonly mutants: number; readonly seed: number },
): SplitMail {
  const names = readdirSync(corpus, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.toLowerCase().endsWith('.eml'))
    .toSorted();
  const mails = names.map((name) => readFileSync(join(corpus, name)));
  const wrong: string[] = [];
  let decoded = 0;
  const look = (bytes: Buffer, cuts: number, told: string): void => {
    const { back, segments } = throughSplitter(bytes, cuts);
    if (segments.some(({ line }) => line !== undefined)) decoded += 1;
    if (Buffer.compare(back, bytes) !== 0) wrong.push(told);
  };
  for (const [i, mail] of mails.entries()) look(mail, mail.length, names[i] ?? '');
  const fitting = mails.filter(({ length }) => length > 0 && length < 400_000);
  for (let i = 0; i < mutants; i += 1) {
    const dice = seededRandomness(seed + i);
    let bytes: Buffer = dice.pick(fitting);
    for (let times = dice.integer(1, 3); times > 0 && bytes.length > 0; times -= 1) {
      bytes = dice.pick(MUTATIONS)(bytes, dice);
    }
    look(bytes, dice.pick([bytes.length, 1 + dice.integer(0, 5000), 64 * 1024]), `seed ${seed + i}`);
  }
  return { originals: mails.length, mutants, wrong, decoded };
}

function throughSplitter(bytes: Buffer, cuts: number) {
  const sources: Uint8Array[][] = [[], []];
  let attachment: Uint8Array[] = [];
  const splitter = createMimeSplitter({
    header: (some) => sources[0]?.push(new Uint8Array(some)),
    text: (some) => sources[1]?.push(new Uint8Array(some)),
    attachment: (some) => attachment.push(new Uint8Array(some)),
    endAttachment() {
      sources.push(attachment);
      attachment = [];
    },
  });
  for (let at = 0; at < bytes.length; at += Math.max(1, cuts))
    splitter.push(bytes.subarray(at, at + Math.max(1, cuts)));
  const segments = splitter.end();
  const whole = sources.map((some) => Buffer.concat(some));
  return { back: joinSegments(segments, whole, bytes.length), segments };
}
