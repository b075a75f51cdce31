/** Keeps what was used last, up to a total cost. */
export interface LruCache<Value> {
  /** The value of a key, which then counts as used just now. */
  get(key: string): Value | undefined;
  /** Whether there is a value; it does not count as used. */
  has(key: string): boolean;
  /**
   * Keeps a value and drops those that were not used for longest until the total cost is within the limit. A value
   * that costs more than the limit is not kept, and what was there under its key is dropped.
   */
  set(key: string, value: Value, cost: number): void;
  /** Drops everything. */
  clear(): void;
  /** The total cost of what is kept; never above the limit. */
  readonly cost: number;
}

/** Makes an empty cache. The unit of `limit` is that of the costs, for instance bytes. */
export function createLruCache<Value>(limit: number): LruCache<Value> {
  // A map remembers the order of insertion: the first entry is the one not used for longest.
  const entries = new Map<string, { readonly value: Value; readonly cost: number }>();
  let total = 0;

  function drop(key: string): void {
    total -= entries.get(key)?.cost ?? 0;
    entries.delete(key);
  }

  return {
    get(key) {
      const entry = entries.get(key);
      if (!entry) return undefined;
      entries.delete(key);
      entries.set(key, entry);
      return entry.value;
    },
    has: (key) => entries.has(key),
    set(key, value, cost) {
      drop(key);
      if (cost > limit) return;
      entries.set(key, { value, cost });
      total += cost;
      for (const oldest of entries.keys()) {
        if (total <= limit) break;
        drop(oldest);
      }
    },
    clear() {
      entries.clear();
      total = 0;
    },
    get cost() {
      return total;
    },
  };
}
