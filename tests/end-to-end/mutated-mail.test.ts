import process from 'node:process';
import { expect, it } from 'vitest';
import { splitMail } from './mutated-mail.ts';

const corpus = process.env['HOLDFAST_CORPUS'];
const MUTANTS = process.env['SLOW'] === '1' ? 100_000 : 500;

it.skipIf(corpus === undefined)(
  'real mail, mutated or not, comes back byte by byte after it was split (needs HOLDFAST_CORPUS)',
  { timeout: 1_200_000 },
  () => {
    const { originals, wrong, decoded } = splitMail(corpus as string, { mutants: MUTANTS, seed: 1 });
    expect(originals).toBeGreaterThan(0);
    expect(decoded).toBeGreaterThan(originals / 20);
    expect(wrong).toEqual([]);
  },
);
