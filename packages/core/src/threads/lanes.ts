import type { Logger } from '@holdfast/contracts';
import type { Budget } from '../repository/budget.ts';
import { createInlineLane } from './inline-lane.ts';
import type { Lane } from './lane.ts';
import type { LaneContext } from './tasks.ts';
import { startWorkerLane } from './worker-lane.ts';
import type { WorkerLane } from './worker-lane.ts';

/** What {@link createLanes} needs. */
export interface LanesOptions extends Pick<LaneContext, 'keyring' | 'chunker' | 'compression'> {
  /** How many workers there may be. */
  readonly budget: Budget;
  /** Hears of workers that cannot be started. */
  readonly logger: Logger;
}

/** The lanes of an open repository, shared by everything that goes on in it. */
export interface Lanes {
  /**
   * The least busy lane, for work on about so many bytes. At first that is the thread that calls; once there has been
   * work worth it, worker threads are started and take over as soon as they are up.
   */
  pick(bytes: number): Lane;
  /** Whether lanes are threads of their own at this moment. */
  readonly areThreads: boolean;
  /** Whether that lane is one of those that are picked from now. */
  mayPick(lane: Lane): boolean;
  /** How many lanes are picked from at this moment, 1 at least. */
  readonly count: number;
  /** Ends the worker threads; their calls fail. Safe to repeat. */
  close(): Promise<void>;
}

/** Bytes of work that cost about as much as starting a thread. */
const WORTH_WORKERS = 8 * 1024 * 1024;

/** Makes the lanes of a repository. A worker that ends on its own fails its calls, and is replaced at the next pick. */
export function createLanes({ budget, keyring, chunker, compression, logger }: LanesOptions): Lanes {
  const inline = createInlineLane({ keyring, chunker, compression, sessions: new Map() });
  const starting = new Set<WorkerLane>();
  const running = new Set<WorkerLane>();
  let bytesGiven = 0;
  let closed = false;
  let unfit = budget.workers === 0;

  function start(): void {
    const lane = startWorkerLane({ keyring, chunker, compression });
    starting.add(lane);
    void lane.ready.then((isReady) => {
      starting.delete(lane);
      if (isReady) running.add(lane);
      else if (!closed) {
        // Where threads cannot be had at all (a bundle without the worker's file), everything still works.
        unfit = true;
        logger.warn('worker threads cannot be started; this thread does their work', {});
      }
    });
  }

  function fillUp(): void {
    for (const lane of running) if (lane.ended) running.delete(lane);
    while (!unfit && !closed && starting.size + running.size < budget.workers) start();
  }

  return {
    get areThreads() {
      return running.size > 0;
    },
    get count() {
      return Math.max(1, running.size);
    },
    pick(bytes) {
      bytesGiven += bytes;
      if (bytesGiven >= WORTH_WORKERS) fillUp();
      let least: Lane = inline;
      for (const lane of running) if (least === inline || lane.pending < least.pending) least = lane;
      return least;
    },
    mayPick: (lane) => (running.size === 0 ? lane === inline : running.has(lane as WorkerLane)),
    async close() {
      closed = true;
      await Promise.all([...starting, ...running].map((lane) => lane.close()));
    },
  };
}
