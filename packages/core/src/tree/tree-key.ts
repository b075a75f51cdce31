/** Where a record stands in a tree. */
export interface TreeKey {
  /** Sort time in milliseconds; the first criterion. */
  readonly sort: number;
  /** Id; the second criterion, by its UTF-8 bytes. */
  readonly id: string;
}

/** Orders keys: negative if `a` comes first. */
export function compareKeys(a: TreeKey, b: TreeKey): number {
  return a.sort === b.sort ? compareUtf8(a.id, b.id) : a.sort - b.sort;
}

/** Compares two texts by their UTF-8 bytes without encoding them. */
export function compareUtf8(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i += 1) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) {
      // UTF-16 puts surrogates before U+E000 to U+FFFF, UTF-8 puts what they stand for behind.
      const highX = x >= 0xd800 && x <= 0xdfff;
      return highX === (y >= 0xd800 && y <= 0xdfff) ? x - y : highX ? 1 : -1;
    }
  }
  return a.length - b.length;
}
