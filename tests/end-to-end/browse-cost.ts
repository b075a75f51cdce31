import { createRepository, openRepository } from '@holdfast/core';
import type { Repository } from '@holdfast/core';
import { memoryDestination } from '@holdfast/destinations/memory';
import { countedReads, mostOf } from './counted-reads.ts';
import type { ReadCost } from './counted-reads.ts';
import { exchangeLikeItem, exchangeLikeSource } from './exchange-like.ts';

/** What looking into a large folder took, by somebody who has just opened the repository and keeps no cache. */
export interface BrowseCost {
  /** A page of 50 in the order of creation, wherever it lies in the folder: the most of several. */
  readonly page: ReadCost;
  /** The differences to a snapshot with 20 changes in the same folder: 10 messages are new, 10 were read. */
  readonly difference: ReadCost;
  /** The differences between two snapshots of which the later one found nothing new. */
  readonly same: ReadCost;
}

/** The most that each may take once the snapshots are found, whatever the size of the folder. */
export const BROWSE_LIMITS: BrowseCost = {
  page: { gets: 6, bytes: 100_000 },
  difference: { gets: 40, bytes: 800_000 },
  same: { gets: 0, bytes: 0 },
};

const CHANGES = 10;

/** Measures pages and differences of a folder with so many messages, with ids of 152 characters. */
export async function measureBrowse(messages: number): Promise<BrowseCost> {
  const inner = memoryDestination();
  const created = await createRepository({ destination: inner, key: 'none' });
  const { source, tell } = exchangeLikeSource(messages);
  const snapshots: string[] = [];
  const backUp = async (): Promise<void> => {
    snapshots.push((await created.backup(source)).snapshot.id);
  };
  await backUp();
  tell([
    ...Array.from({ length: CHANGES }, (_, i) => exchangeLikeItem(messages + i)),
    ...Array.from({ length: CHANGES }, (_, i) =>
      exchangeLikeItem(Math.floor(((i + 0.5) * messages) / CHANGES), { isRead: true }),
    ),
  ]);
  await backUp();
  await backUp();
  const [first, second, third] = snapshots as [string, string, string];

  async function costOf(look: (repository: Repository) => Promise<void>): Promise<ReadCost> {
    const reads = countedReads(inner);
    const repository = await openRepository({ destination: reads.destination });
    await Array.fromAsync(repository.snapshots());
    reads.forget();
    await look(repository);
    await repository.close();
    return reads.cost();
  }

  const pages = Math.ceil(messages / 50);
  const costs: ReadCost[] = [];
  for (const page of [1, 2, Math.floor(pages / 3), Math.floor(pages / 2), pages]) {
    for (const order of ['ascending', 'descending'] as const) {
      costs.push(
        await costOf(async (repository) => {
          const { items } = await repository.browse({ snapshot: first, collection: 'inbox', page, order });
          const position = order === 'ascending' ? (page - 1) * 50 : messages - 1 - (page - 1) * 50;
          if (items[0]?.id !== exchangeLikeItem(position).id) throw new Error(`page ${page} begins with another item`);
        }),
      );
    }
  }
  const differ = (from: string, to: string, count: number): Promise<ReadCost> =>
    costOf(async (repository) => {
      const found = await Array.fromAsync(repository.diff({ from, to }));
      if (found.length !== count) throw new Error(`${found.length} differences`);
    });
  const cost = {
    page: mostOf(costs),
    difference: await differ(first, second, 2 * CHANGES),
    same: await differ(second, third, 0),
  };
  await created.close();
  return cost;
}
