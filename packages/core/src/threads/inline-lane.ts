import { runTask } from './lane.ts';
import type { Lane } from './lane.ts';
import type { LaneContext } from './tasks.ts';

/** A lane on the thread that calls. It lets other work have its turn before each task. */
export function createInlineLane(context: LaneContext): Lane {
  let last: Promise<unknown> = Promise.resolve();
  let pending = 0;

  return {
    isThread: false,
    get pending() {
      return pending;
    },
    call(name, input) {
      pending += 1;
      const result = last.then(async () => {
        await new Promise<void>((resolve) => {
          setImmediate(resolve);
        });
        try {
          return runTask(context, name, input).output;
        } finally {
          pending -= 1;
        }
      });
      last = result.catch(() => {});
      return result;
    },
  };
}
