import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { composeMime } from '../../src/exchange/mime/compose-mime.ts';
import { deliverMime } from '../../src/exchange/mime/deliver-mime.ts';
import { comparable } from './comparable.ts';

const corpus = process.env['HOLDFAST_CORPUS'];
const folder = corpus === undefined ? undefined : join(corpus, 'eml');
const files = folder === undefined ? [] : readdirSync(folder);

const reason = folder === undefined ? ' (skipped: HOLDFAST_CORPUS names no folder of real mail)' : '';

describe.skipIf(folder === undefined)(`real mail${reason}`, () => {
  it('is there', () => {
    expect(files.length).toBeGreaterThan(100);
  });

  it.for(files)('is delivered, and survives being composed from JSON: %s', async (file) => {
    const bytes = new Uint8Array(readFileSync(join(folder ?? '', file)));
    const content = await deliverMime(bytes);
    expect(content.mime).toBe(bytes);

    const composed = await composeMime({ ...content, mime: undefined });
    expect(comparable(await deliverMime(composed))).toEqual(comparable(content));
  });

  it('has every class of message that the service treats differently', async () => {
    const contents = await Promise.all(files.map((file) => deliverMime(readFileSync(join(folder ?? '', file)))));
    const classes = new Set(contents.map((content) => content.messageClass));
    for (const name of [
      'IPM.Note',
      'IPM.Note.SMIME',
      'IPM.Note.SMIME.MultipartSigned',
      'REPORT.IPM.Note.NDR',
      'IPM.Schedule.Meeting.Request',
    ]) {
      expect(classes).toContain(name);
    }
  });
});
