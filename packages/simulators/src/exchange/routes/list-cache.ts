import type { Mailbox } from '../store/mailbox.ts';

/** Keeps what lists were made of, so that the next page need not find and order everything again. */
export interface ListCache {
  /** The list with this name as the mailbox is now; made if the mailbox changed since it was made last. */
  list<Entry>(mailbox: Mailbox, name: string, make: () => readonly Entry[]): readonly Entry[];
}

/** Lists that are kept for each mailbox. */
const KEPT = 8;

/** Makes an empty cache. Names must differ for lists of different entries. */
export function createListCache(): ListCache {
  const known = new WeakMap<Mailbox, Map<string, { sequence: number; list: readonly unknown[] }>>();
  return {
    list<Entry>(mailbox: Mailbox, name: string, make: () => readonly Entry[]): readonly Entry[] {
      const lists = known.get(mailbox) ?? new Map<string, { sequence: number; list: readonly unknown[] }>();
      known.set(mailbox, lists);
      const sequence = mailbox.sequence();
      const found = lists.get(name);
      lists.delete(name);
      const entry = found?.sequence === sequence ? found : { sequence, list: make() };
      lists.set(name, entry);
      const [oldest] = lists.keys();
      if (lists.size > KEPT && oldest !== undefined) lists.delete(oldest);
      return entry.list as readonly Entry[];
    },
  };
}
