import { RepositoryError } from '@holdfast/contracts';
import type { OperationOptions } from '@holdfast/contracts';
import { newestFirst } from './chain-heads.ts';
import type { SnapshotStore, StoredSnapshot } from './snapshot-store.ts';

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
 * @throws what is wrong with a damaged snapshot, if none is meant and the damaged one may be.
 */
export async function findSnapshot(
  snapshots: SnapshotStore,
  { snapshot, source }: SnapshotChoice,
  options: OperationOptions,
): Promise<StoredSnapshot> {
  const all = (await snapshots.all(options)).filter((one) => source === undefined || one.snapshot.source.id === source);
  const meant =
    snapshot === 'latest'
      ? all
          .filter((one) => one.snapshot.state === 'complete')
          .toSorted((a, b) => b.snapshot.finished.getTime() - a.snapshot.finished.getTime() || newestFirst(a, b))
          .slice(0, 1)
      : all.filter(
          ({ snapshot: { id } }) => id === snapshot || (snapshot.length >= SHORTEST_PREFIX && id.startsWith(snapshot)),
        );
  const [found, another] = meant;
  const [unreadable] = snapshots.unreadable;
  if (found === undefined && unreadable !== undefined) throw unreadable;
  if (found === undefined)
    throw new RepositoryError(snapshot === 'latest' ? 'ERR_NO_SNAPSHOT' : 'ERR_SNAPSHOT_NOT_FOUND', { snapshot });
  if (another !== undefined) throw new RepositoryError('ERR_SNAPSHOT_AMBIGUOUS', { snapshot });
  return found;
}
