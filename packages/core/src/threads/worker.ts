import { parentPort, workerData } from 'node:worker_threads';
import { joinKeyring } from '@holdfast/crypto';
import { runTask } from './lane.ts';
import type { LaneContext, TaskName } from './tasks.ts';
import { packError } from './transported-error.ts';
import type { WorkerAnswer, WorkerData, WorkerRequest } from './worker-lane.ts';

// The inside of a worker lane: one call after the other, each answered.
const { keyring, ...settings } = workerData as WorkerData;
const context: LaneContext = { keyring: joinKeyring(keyring), ...settings, sessions: new Map() };

function answer(message: WorkerAnswer, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

parentPort?.on('message', ({ call, name, input }: WorkerRequest) => {
  try {
    const { output, transfer } = runTask(context, name as TaskName, input as never);
    answer({ type: 'done', call, output }, transfer);
  } catch (error) {
    answer({ type: 'failed', call, error: packError(error) });
  }
});
answer({ type: 'ready' });
