import type { BackupContext } from './backup-context.ts';

/**
 * How many items the source will tell of, as far as it or the last snapshot says: those of the collections that are told
 * from their beginning. How many changes others have nobody knows before they are told; if there are only such, or a
 * collection of which nothing is known, there is no number.
 */
export function expectedItems({ collections, quiet }: BackupContext): number | undefined {
  let expected = quiet.size > 0 ? 0 : undefined;
  for (const { collection, items, pass } of collections.values()) {
    if (pass === undefined) continue;
    const count = collection.itemCount ?? items?.count;
    if (count === undefined) return undefined;
    expected = (expected ?? 0) + Math.max(0, count - (pass.root?.count ?? 0));
  }
  return expected;
}
