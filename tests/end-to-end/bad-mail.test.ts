import process from 'node:process';
import { describe, it } from 'vitest';
import { badMails } from './bad-mail.ts';

// At full size, in SLOW=1 and in prove/3.
const size = process.env['SLOW'] === '1' ? 'full' : 'small';

describe('something bad in a mailbox is a typed error or a line in the report, and nothing else is lost', () => {
  for (const { name, run } of badMails.filter(({ onlyFull = false }) => size === 'full' || !onlyFull)) {
    it(name, { timeout: size === 'full' ? 900_000 : 180_000 }, async ({ expect }) => {
      expect((await run(size)).complaints).toEqual([]);
    });
  }
});
