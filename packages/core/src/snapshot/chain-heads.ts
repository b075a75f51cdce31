import type { StoredSnapshot } from './snapshot-store.ts';

/** The snapshots of a source that no other one continues; first the one whose records the next run takes. */
export function chainHeads(snapshots: readonly StoredSnapshot[], sourceId: string): StoredSnapshot[] {
  const own = snapshots.filter(({ snapshot }) => snapshot.source.id === sourceId);
  const continued = new Set(own.flatMap(({ snapshot }) => snapshot.continues));
  return own.filter(({ snapshot }) => !continued.has(snapshot.id)).toSorted((a, b) => newestFirst(a, b));
}

/** Orders snapshots of one source: highest sequence, then latest end, then greatest id. */
export function newestFirst(
  { snapshot: a }: Pick<StoredSnapshot, 'snapshot'>,
  { snapshot: b }: Pick<StoredSnapshot, 'snapshot'>,
): number {
  return b.sequence - a.sequence || b.finished.getTime() - a.finished.getTime() || (a.id < b.id ? 1 : -1);
}
