import type { StoredSnapshot } from './snapshot-store.ts';

/** A snapshot of which nothing is known but that another one continues it. */
export interface ChainGap {
  /** Its id. */
  readonly id: string;
  /** The earliest of those that continue it. */
  readonly continuedBy: StoredSnapshot;
}

/** The snapshots that others continue and that are not among them; `known` are ids of which more is known. */
export function chainGaps(snapshots: readonly StoredSnapshot[], known: Iterable<string> = []): ChainGap[] {
  const present = new Set([...snapshots.map(({ snapshot }) => snapshot.id), ...known]);
  const gaps = new Map<string, StoredSnapshot>();
  for (const stored of snapshots) {
    for (const id of stored.snapshot.continues) {
      if (present.has(id)) continue;
      const other = gaps.get(id);
      if (other === undefined || stored.snapshot.finished < other.snapshot.finished) gaps.set(id, stored);
    }
  }
  return Array.from(gaps, ([id, continuedBy]) => ({ id, continuedBy }));
}
