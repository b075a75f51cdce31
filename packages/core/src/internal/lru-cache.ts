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
  /** Drops a value. */
  delete(key: string): void;
  /** Drops everything. */
  clear(): void;
  /** The total cost of what is kept; never above the limit. */
  readonly cost: number;
}

/**
 * Makes an empty cache. The unit of `limit` is that of the costs, for instance bytes.
 *
 * @param limit - The highest total cost.
 * @param onDrop - Told of every value that is kept no longer, and of one that is not kept at all.
 */
export function createLruCache<Value>(limit: number, onDrop: (value: Value) => void = () => {}): LruCache<Value> {
  // A map remembers the order of insertion: the first entry is the one not used for longest.
  const entries = new Map<string, { readonly value: Value; readonly cost: number }>();
  let total = 0;
  let youngest: string | undefined;

  function drop(key: string): void {
    const entry = entries.get(key);
    if (entry === undefined) return;
    total -= entry.cost;
    entries.delete(key);
    onDrop(entry.value);
  }

  return {
    get(key) {
      const entry = entries.get(key);
      // Putting an entry in another place makes garbage.
      if (entry === undefined || key === youngest) return entry?.value;
      entries.delete(key);
      entries.set(key, entry);
      youngest = key;
      return entry.value;
    },
    has: (key) => entries.has(key),
    set(key, value, cost) {
      const known = entries.get(key);
      if (known?.value === value) {
        total -= known.cost;
        entries.delete(key);
      } else drop(key);
      if (cost > limit) {
        onDrop(value);
        return;
      }
      entries.set(key, { value, cost });
      youngest = key;
      total += cost;
      for (const oldest of entries.keys()) {
        if (total <= limit) break;
        drop(oldest);
      }
    },
    delete: drop,
    clear() {
      for (const key of entries.keys()) drop(key);
    },
    get cost() {
      return total;
    },
  };
}
