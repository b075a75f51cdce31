import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

import { startExchange } from '@holdfast/simulators/exchange';
import type { MessageState } from '@holdfast/simulators/exchange';
import { expect, test } from 'vitest';

import { ADA, BOB, changesOf, connect, folderNamed, restorable, settable } from './support.ts';

const corpus = process.env['HOLDFAST_CORPUS'];
const folder = join(corpus ?? '', 'eml');
const isThere = corpus !== undefined && existsSync(folder);

test.skipIf(!isThere)(
  'backs up and restores every message of the corpus (skipped without HOLDFAST_CORPUS)',
  async () => {
    const eml = readdirSync(folder).map((name) => ({
      path: `corpus/${name}`,
      bytes: new Uint8Array(readFileSync(join(folder, name))),
    }));
    await using exchange = await startExchange({ mailboxes: { [ADA]: { eml }, [BOB]: {} } });
    const online = connect(exchange);
    const ada = await online.mailbox(ADA);
    const bob = await online.mailbox(BOB);
    const truth = new Map((await exchange.control.messages(ADA)).map((message) => [message.id, message]));
    const { items } = await changesOf(ada, await folderNamed(ada, 'corpus'));
    expect(items).toHaveLength(eml.length);

    const target = await bob.prepareCollection([{ name: 'corpus', role: undefined, kind: 'mail', hidden: false }]);
    const originals = new Map<string, MessageState>();
    const queue = [...items];
    const worker = async (): Promise<void> => {
      for (let item = queue.pop(); item !== undefined; item = queue.pop()) {
        const original = truth.get(item.id);
        if (original === undefined) throw new RangeError('a message that is not there');
        const content = await ada.read(item);
        const mime = content.parts.find(({ name }) => name === 'message.eml');
        expect(mime?.bytes).toEqual(original.mime);
        const reasons = content.omitted.map(({ part, reason }) => `${part} ${reason}`);
        expect(reasons).toEqual(original.mimeRefusal === undefined ? [] : [`message.eml ${original.mimeRefusal.code}`]);
        const { itemId, omitted } = await bob.createItem(target, restorable(ada, item, content));
        expect(omitted).toEqual([]);
        originals.set(itemId, original);
      }
    };
    await Promise.all([worker(), worker(), worker(), worker()]);

    for (const restored of await exchange.control.messages(BOB)) {
      const original = originals.get(restored.id);
      expect(settable(restored.content)).toEqual(original === undefined ? undefined : settable(original.content));
    }
    expect(originals.size).toBe(eml.length);
    expect(exchange.requests.maxInFlight[BOB]).toBeLessThanOrEqual(4);
  },
  60_000,
);
