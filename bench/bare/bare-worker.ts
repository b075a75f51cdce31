/** A thread of the bare pipeline: takes files or packs off a common list until there are none. */
import { parentPort, workerData } from 'node:worker_threads';
import { createBlobCodec } from './blob-codec.ts';
import { checkPack } from './check-pack.ts';
import { restoreFile } from './restore-file.ts';
import { storeFiles } from './store-files.ts';
import type { BareTask } from './task.ts';

const BATCH = 16;
const { task, next } = workerData as { readonly task: BareTask; readonly next: SharedArrayBuffer };
const counter = new Int32Array(next);

function* taken<T>(all: readonly T[], batch: number): Generator<T> {
  for (;;) {
    const from = Atomics.add(counter, 0, batch);
    if (from >= all.length) return;
    yield* all.slice(from, from + batch);
  }
}

const codec = createBlobCodec(task.secret, task.level);
switch (task.verb) {
  case 'backup':
    parentPort?.postMessage(storeFiles(taken(task.files, BATCH), codec, task));
    break;
  case 'restore': {
    const restore = restoreFile(codec, task);
    for (const file of taken(task.files, BATCH)) restore(file);
    break;
  }
  case 'check':
    for (const pack of taken(task.packs, 1)) checkPack(pack, codec, task.repository);
}
