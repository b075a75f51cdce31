import { tasks } from './tasks.ts';
import type { LaneContext, Task, TaskInput, TaskName, TaskOutput, TaskResult } from './tasks.ts';

/** Runs tasks one after the other, in the order of the calls, with the state that those before left in its sessions. */
export interface Lane {
  /** Whether it is a thread of its own, which may wait for a disk. */
  readonly isThread: boolean;
  /** Calls under way. */
  readonly pending: number;
  /**
   * Runs a task. Buffers in `transfer` belong to the lane afterwards, whether or not it is a thread of its own.
   *
   * @throws what the task throws; `ERR_WORKER_FAILED`, a {@link @holdfast/contracts!RepositoryError | RepositoryError}, if
   * the thread ended.
   */
  call<Name extends TaskName>(
    name: Name,
    input: TaskInput<Name>,
    transfer?: readonly ArrayBuffer[],
  ): Promise<TaskOutput<Name>>;
}

/** Looks a task up and runs it. */
export function runTask<Name extends TaskName>(
  context: LaneContext,
  name: Name,
  input: TaskInput<Name>,
): TaskResult<TaskOutput<Name>> {
  return (tasks[name] as unknown as Task<TaskInput<Name>, TaskOutput<Name>>)(context, input);
}
