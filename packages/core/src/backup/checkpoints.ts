import type { CoverageReport } from '../snapshot/snapshot.ts';
import { totalsOf } from './backup-context.ts';
import type { BackupContext } from './backup-context.ts';
import { commit } from './commit.ts';
import type { CommitLine } from './commit.ts';

/** Writes checkpoints in the course of a run, one at a time. */
export interface Checkpoints {
  /** Writes one if the interval since the last one is over. */
  writeIfDue(): Promise<void>;
  /** Writes one after a fatal error, if anything new was taken in, so that the next run goes on from here. */
  writeLast(): Promise<void>;
}

/** What is not in a checkpoint yet is held in memory, about 1 KB for each item. */
const MOST_PENDING = 16_384;

/** Makes {@link Checkpoints} for a run. */
export function createCheckpoints(
  context: BackupContext,
  line: CommitLine,
  coverage: () => CoverageReport,
): Checkpoints {
  const { counts, options, vault } = context;
  let last = { items: 0, bytes: 0, time: vault.clock.now() };
  let writing: Promise<void> | undefined;
  let broken = false;

  function isDue(): boolean {
    const { items, bytes, milliseconds, spacing } = options.checkpoint;
    return (
      (counts.applied - last.items >= MOST_PENDING || vault.clock.now() - last.time >= spacing) &&
      counts.applied > last.items &&
      (counts.applied - last.items >= items ||
        counts.bytesRead - last.bytes >= bytes ||
        vault.clock.now() - last.time >= milliseconds)
    );
  }

  async function write(): Promise<void> {
    last = { items: counts.applied, bytes: counts.bytesRead, time: vault.clock.now() };
    try {
      const { stored } = await commit(context, line, { state: 'checkpoint', coverage });
      options.onProgress?.({ type: 'checkpoint-written', snapshot: stored.snapshot, totals: totalsOf(context) });
    } catch (error) {
      // What was half written may be lost, so nothing more is committed by this run.
      broken = true;
      throw error;
    }
  }

  function begin(): Promise<void> {
    writing = write().finally(() => {
      writing = undefined;
    });
    return writing;
  }

  return {
    async writeIfDue() {
      // Whoever comes while one is being written waits for it, which also holds back reading ahead.
      while (writing !== undefined) await writing;
      if (!isDue()) return;
      await begin();
    },
    async writeLast() {
      await writing?.catch(() => {});
      if (!broken && counts.applied > last.items) await begin();
    },
  };
}
