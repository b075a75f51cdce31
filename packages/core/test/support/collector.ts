import type { CreatedItem, RestorableItem, RestoreFolder, RestoreTarget } from '@holdfast/contracts';
import { memoryMailbox } from '@holdfast/testkit';

/** A target that has nothing and takes everything: each item is handed over with the path of its collection. */
export function collector(
  pathOf: (path: readonly RestoreFolder[]) => string,
  take: (collection: string, item: RestorableItem) => Promise<void>,
): RestoreTarget {
  return {
    ...memoryMailbox({ id: 'collector' }),
    prepareCollection: (path) => Promise.resolve(pathOf(path)),
    findItems: (_, items) =>
      Promise.resolve(items.map(() => ({ same: undefined, whole: false, omitted: [], others: [] }))),
    async createItem(collection, item): Promise<CreatedItem> {
      await take(collection, item);
      return { itemId: item.id, omitted: [] };
    },
  };
}
