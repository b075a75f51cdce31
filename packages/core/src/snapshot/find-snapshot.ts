import { RepositoryError } from '@holdfast/contracts';
import type { OperationOptions } from '@holdfast/contracts';
import { chainGaps } from './chain-gaps.ts';
import { newestFirst } from './chain-heads.ts';
import type { LostSnapshot, SnapshotStore, StoredSnapshot } from './snapshot-store.ts';

/** Which snapshot is meant. */
export interface SnapshotChoice {
  /** `latest`, an id, or the beginning of an id (four digits at least) that no other one has. */
  readonly snapshot: string;
  /** Id of a source: `latest` is then the latest of that source. @defaultValue any source */
  readonly source?: string | undefined;
}

const SHORTEST_PREFIX = 4;

/**
 * Finds a snapshot. Checkpoints are found by their id only.
 *
 * @throws `ERR_SNAPSHOT_NOT_FOUND`, a {@link RepositoryError}, if none is meant; `ERR_NO_SNAPSHOT` if the latest is, and
 * there is none; `ERR_SNAPSHOT_AMBIGUOUS` if more than one is.
 * @throws what is wrong with a damaged or missing snapshot, if that one is meant, or may be: an older one never takes the
 * place of the latest.
 */
export async function findSnapshot(
  snapshots: SnapshotStore,
  { snapshot, source }: SnapshotChoice,
  options: OperationOptions,
): Promise<StoredSnapshot> {
  const all = await snapshots.all(options);
  const own = all.filter((one) => source === undefined || one.snapshot.source.id === source);
  if (snapshot === 'latest') {
    const [found] = own.filter((one) => one.snapshot.state === 'complete').toSorted(latestFirst);
    const suspect = mayBeLater(found, { all, lost: snapshots.lost, source });
    if (suspect !== undefined) throw suspect.error;
    if (found === undefined) throw new RepositoryError('ERR_NO_SNAPSHOT', { snapshot });
    return found;
  }
  const fits = (id: string | undefined): boolean =>
    id === snapshot || (snapshot.length >= SHORTEST_PREFIX && id?.startsWith(snapshot) === true);
  const meant = own.filter((one) => fits(one.snapshot.id));
  const gone = snapshots.lost.filter(({ id }) => fits(id));
  const [found] = meant;
  if (meant.length + gone.length > 1 && found?.snapshot.id !== snapshot && new Set(idsOf(meant, gone)).size > 1) {
    throw new RepositoryError('ERR_SNAPSHOT_AMBIGUOUS', { snapshot });
  }
  if (found !== undefined) return found;
  // One whose id nobody knows may be the one.
  const suspect = gone[0] ?? snapshots.lost.find(({ id }) => id === undefined);
  throw suspect?.error ?? new RepositoryError('ERR_SNAPSHOT_NOT_FOUND', { snapshot });
}

function idsOf(meant: readonly StoredSnapshot[], gone: readonly LostSnapshot[]): (string | undefined)[] {
  return [...meant.map((one) => one.snapshot.id), ...gone.map(({ id }) => id)];
}

type Dated = Pick<StoredSnapshot, 'snapshot'>;

function latestFirst(a: Dated, b: Dated): number {
  return b.snapshot.finished.getTime() - a.snapshot.finished.getTime() || newestFirst(a, b);
}

/** A lost snapshot that may be later than the latest one found; undefined if there is none. */
function mayBeLater(
  found: StoredSnapshot | undefined,
  context: {
    readonly all: readonly StoredSnapshot[];
    readonly lost: readonly LostSnapshot[];
    readonly source: string | undefined;
  },
): LostSnapshot | undefined {
  const { all, lost, source } = context;
  const isOf = ({ snapshot }: Dated): boolean => source === undefined || snapshot.source.id === source;
  const later = lost.find(
    ({ summary }) =>
      summary !== undefined &&
      isOf(summary) &&
      summary.snapshot.state === 'complete' &&
      (found === undefined || latestFirst(summary, found) < 0),
  );
  if (later !== undefined) return later;
  // Of the others nothing is known, except where a snapshot that is there continues them: then they are older than it.
  const unknown = lost.filter(({ summary }) => summary === undefined);
  const known = lost.flatMap(({ id, summary }) => (id === undefined || summary === undefined ? [] : [id]));
  const gaps = chainGaps(all, known);
  const older = gaps.filter(
    ({ continuedBy }) =>
      !isOf(continuedBy) || continuedBy === found || (found !== undefined && latestFirst(continuedBy, found) > 0),
  );
  return older.length === gaps.length && unknown.length <= older.length ? undefined : unknown[0];
}
