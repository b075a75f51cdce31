import { describe, expect, test } from 'vitest';

import { alteredFetch, withEntries } from './altered-answers.ts';
import { ADA, changesOf, connect, folderNamed, letter, startWorld } from './support.ts';

const ODD = 'half \uD83D nul \u0000 bell \u0007 line \u2028 \uFFFF';

describe('odd text and times', () => {
  test('come through as the service told them: half surrogate pairs, control characters, dates of any century', async () => {
    await using world = await startWorld();
    await world.exchange.control.addMessage(ADA, 'inbox', letter('Plain'));
    const odd = {
      subject: ODD,
      from: { emailAddress: { name: ODD, address: ODD } },
      createdDateTime: '1601-01-01T00:00:00Z',
      receivedDateTime: '9999-12-31T23:59:59Z',
    };
    const fetch = alteredFetch(world.exchange, (url, answer) => {
      const folders = /childFolders|mailFolders\?/.test(url);
      if (folders)
        return withEntries(answer, (entries) =>
          entries.map((entry) => ({ ...entry, ...(entry['displayName'] === 'Drafts' ? { displayName: ODD } : {}) })),
        );
      return url.includes('/messages/delta')
        ? withEntries(answer, (entries) => entries.map((entry) => ({ ...entry, ...odd })))
        : answer;
    });
    const ada = await connect(world.exchange, { fetch }).mailbox(ADA);
    expect((await folderNamed(ada, ODD)).role).toBe('drafts');
    const [item] = (await changesOf(ada, await folderNamed(ada, 'Inbox'))).items;
    if (item === undefined) throw new RangeError('no item');
    expect(item.sortTime).toBe(Date.UTC(1601, 0, 1));
    expect(item.summary).toMatchObject({ subject: ODD, date: Date.UTC(9999, 11, 31, 23, 59, 59) });
    expect(item.summary.from).toBe(ODD);

    const { parts } = await ada.read(item);
    const bytes = parts.find(({ name }) => name === 'properties.json')?.bytes as Uint8Array;
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    expect(text).toContain(String.raw`half \ud83d nul \u0000 bell \u0007`);
    expect(JSON.parse(text)).toMatchObject(odd);
  });
});
