import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { liveThrough } from './living-mailbox.ts';

const HISTORIES = process.env['SLOW'] === '1' ? 500 : 7;
const FIRST_SEED = Number(process.env['SEED'] ?? 1);

describe('a mailbox that lives on while it is backed up, whatever service and storage do', () => {
  it.each(Array.from({ length: HISTORIES }, (_, index) => FIRST_SEED + index))(
    'is in every snapshot as it was at some moment, folder by folder, and in the last one exactly (seed %i)',
    async (seed) => {
      const { complaints, lines } = await liveThrough(seed);
      expect(complaints, lines.join('\n')).toEqual([]);
    },
    60_000,
  );
});
