import { join } from 'node:path';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { countEmlFiles, readVerified, runQuickstart } from './quickstart.ts';

const { HOLDFAST_CORPUS: corpus } = process.env;

describe('the quickstart', () => {
  it('ends with exit code 0 and every item verified', async () => {
    const { code, lastLine, output } = await runQuickstart(['--messages', '40']);
    expect(output).toMatch(/^ {2}requests {3}\d+ made/m);
    expect({ code, lastLine }).toEqual({ code: 0, lastLine: 'verified 40 of 40 items' });
  });

  const corpusTitle = corpus === undefined ? ' (skipped: HOLDFAST_CORPUS names no folder of real mail)' : '';
  it.skipIf(corpus === undefined)(`verifies every file of real mail${corpusTitle}`, { timeout: 120_000 }, async () => {
    const files = await countEmlFiles(corpus ?? '');
    const { code, lastLine, output } = await runQuickstart(['--eml', corpus ?? '']);
    expect(files).toBeGreaterThan(0);
    expect(lastLine).toMatch(/^verified \d+ of \d+ items \(\d+ without MIME\)$/);
    const { verified, of, withoutMime = 0 } = readVerified(lastLine) ?? {};
    expect({ code, verified, of }, output).toEqual({ code: 0, verified: files, of: files });
    // Each one without MIME is named above, with the code of the service.
    expect(output.match(/^without MIME, .*: ErrorMimeContentConversionFailed$/gm) ?? []).toHaveLength(withoutMime);
  });

  const spoils = { mime: 'MIME differs', subject: 'subject', attachment: 'attachments' };
  for (const [what, difference] of Object.entries(spoils)) {
    it.concurrent(`ends with exit code 1 and names the message if ${what} of one was changed on the way`, async () => {
      const preload = join(import.meta.dirname, 'spoil.ts');
      const { code, lastLine, output } = await runQuickstart(['--messages', '40'], {
        preload,
        env: { HOLDFAST_SPOIL: what },
      });
      expect(output.match(/^not as it was: .*$/gm)).toEqual([expect.stringMatching(`: ${difference}`)]);
      expect({ code, lastLine }).toEqual({ code: 1, lastLine: 'verified 39 of 40 items' });
    });
  }

  it('says in a line what is wrong with its arguments, and ends with exit code 1', async () => {
    for (const args of [
      ['--messages', '-3'],
      ['--eml', join(import.meta.dirname, 'no such folder')],
    ]) {
      const { code, output } = await runQuickstart(args);
      expect(code).toBe(1);
      expect(output).not.toContain('    at ');
    }
  });
});
