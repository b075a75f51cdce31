import { createRepository, openRepository } from '@holdfast/core';
import { generateKey } from '@holdfast/crypto';
import { memoryDestination } from '@holdfast/destinations/memory';
import { seededRandomness } from '@holdfast/testkit';
import type { Source } from '@holdfast/contracts';
import { countedReads, mostOf } from './counted-reads.ts';
import type { ReadCost } from './counted-reads.ts';
import { exchangeLikeItem, exchangeLikeSource } from './exchange-like.ts';

/** What reading one item took, by somebody who has just opened the repository and keeps no cache. */
export interface ColdItem {
  /** Reads, and bytes of them, until the newest snapshot of the source was found. */
  readonly snapshot: ReadCost;
  /** The item after that, where its sort time was known, as lists of items tell it: the most of several items. */
  readonly known: ReadCost;
  /** The same where it was known by its id alone, so that the index was asked. */
  readonly byId: ReadCost;
}

/** The most that one item may take once the snapshot is given. */
export const COLD_LIMIT: ReadCost = { gets: 6, bytes: 400_000 };

const TRIALS = 8;

/** Measures single items out of a repository with so many messages, all in one folder, with ids of 152 characters. */
export async function measureColdItem(messages: number): Promise<ColdItem> {
  const inner = memoryDestination();
  const key = generateKey();
  const created = await createRepository({ destination: inner, key });
  const { source } = exchangeLikeSource(messages);
  const dice = seededRandomness(5);
  const words = Array.from({ length: 400 }, () => Buffer.from(dice.bytes(4)).toString('base64url'));
  const text = (length: number): string => Array.from({ length }, () => dice.pick(words)).join(' ');
  const bodies = Array.from({ length: 64 }, () => `From: ada@example.org\r\nTo: eve@example.org\r\n\r\n${text(300)}`);
  const mailbox: Source = {
    ...source,
    async read({ contentKey }) {
      const body = dice.pick(bodies);
      const encode = (part: string): Uint8Array => new TextEncoder().encode(part);
      const parts = [
        { name: 'message.eml', bytes: encode(`Message-ID: <${contentKey}>\r\n${body}`) },
        { name: 'properties.json', bytes: encode(JSON.stringify({ contentKey, body: body.slice(0, 1200) })) },
      ];
      return { parts, omitted: [] };
    },
  };
  await created.backup(mailbox);

  const reads = countedReads(inner);
  const costs: Record<keyof ColdItem, ReadCost[]> = { snapshot: [], known: [], byId: [] };
  for (const isSortKnown of [true, false]) {
    for (let trial = 0; trial < TRIALS; trial += 1) {
      const { id, sortTime, contentKey } = exchangeLikeItem(Math.floor(((trial + 0.5) * messages) / TRIALS));
      const repository = await openRepository({ destination: reads.destination, key });
      reads.forget();
      const { value: latest } = await repository.snapshots({ source: mailbox.id }).next();
      if (latest === undefined) throw new Error('there is no snapshot');
      costs.snapshot.push(reads.cost());
      reads.forget();
      const choice = { snapshot: latest.id, collection: 'inbox', item: id };
      const item = await repository.item(isSortKnown ? { ...choice, sort: sortTime } : choice);
      const message = new TextDecoder().decode(await item.readPart('message.eml'));
      await item.readPart('properties.json');
      if (!message.includes(contentKey)) throw new Error('another item was read');
      costs[isSortKnown ? 'known' : 'byId'].push(reads.cost());
      await repository.close();
    }
  }
  await created.close();
  return { snapshot: mostOf(costs.snapshot), known: mostOf(costs.known), byId: mostOf(costs.byId) };
}
