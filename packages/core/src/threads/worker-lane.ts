import { Worker } from 'node:worker_threads';
import { RepositoryError } from '@holdfast/contracts';
import { shareKeyring } from '@holdfast/crypto';
import type { SharedKeyring } from '@holdfast/crypto';
import type { ChunkerParameters } from '../blobs/chunker.ts';
import type { Compression } from '../repository/compression.ts';
import type { Lane } from './lane.ts';
import type { LaneContext } from './tasks.ts';
import { unpackError } from './transported-error.ts';
import type { TransportedError } from './transported-error.ts';

/** What a worker is started with. */
export interface WorkerData {
  /** Keys of the repository. */
  readonly keyring: SharedKeyring;
  /** How large parts are cut. */
  readonly chunker: ChunkerParameters;
  /** How new blobs are compressed. */
  readonly compression: Compression;
}

/** What goes to a worker: a task. */
export interface WorkerRequest {
  /** Number of the call. */
  readonly call: number;
  /** Name of the task. */
  readonly name: string;
  /** Its input. */
  readonly input: unknown;
}

/** What comes back: `ready` once, then an answer for each call. */
export type WorkerAnswer =
  | { readonly type: 'ready' }
  | { readonly type: 'done'; readonly call: number; readonly output: unknown }
  | { readonly type: 'failed'; readonly call: number; readonly error: TransportedError };

/** A lane in a thread of its own. */
export interface WorkerLane extends Lane {
  /** Resolves with `true` once it takes calls, with `false` if it could not be started. */
  readonly ready: Promise<boolean>;
  /** Whether the thread has ended. */
  readonly ended: boolean;
  /** Ends the thread; calls under way fail. */
  close(): Promise<void>;
}

/** Small: what is large lies in buffers outside of the heap, and each worker's heap counts. */
const RESOURCE_LIMITS = { maxYoungGenerationSizeMb: 8 };

/** Starts a worker and makes it a lane. It never keeps the process alive but while a call is under way. */
export function startWorkerLane({
  keyring,
  ...settings
}: Pick<LaneContext, 'keyring' | 'chunker' | 'compression'>): WorkerLane {
  // Beside this file in the sources, beside the bundle in what is published.
  const file = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js';
  const workerData: WorkerData = { keyring: shareKeyring(keyring), ...settings };
  const worker = new Worker(new URL(file, import.meta.url), {
    workerData,
    execArgv: [],
    resourceLimits: RESOURCE_LIMITS,
    name: 'holdfast',
  });
  const waiting = new Map<
    number,
    { readonly resolve: (output: never) => void; readonly reject: (error: unknown) => void }
  >();
  let calls = 0;
  let ended: RepositoryError | undefined;
  let isClosing = false;
  const ready = Promise.withResolvers<boolean>();

  function end(reason: string, cause?: unknown): void {
    ended ??= new RepositoryError('ERR_WORKER_FAILED', { reason }, { cause });
    ready.resolve(false);
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  }

  function answer(message: WorkerAnswer): void {
    if (message.type === 'ready') return ready.resolve(true);
    const caller = waiting.get(message.call);
    waiting.delete(message.call);
    if (waiting.size === 0) worker.unref();
    if (message.type === 'done') caller?.resolve(message.output as never);
    else caller?.reject(unpackError(message.error));
  }

  worker.on('message', answer);
  worker.on('messageerror', (error) => end('an answer of it could not be read', error));
  worker.on('error', (error) => end(error instanceof Error ? error.name : 'unknown', error));
  worker.on('exit', (code) => end(isClosing ? 'it was closed' : `exit code ${code}`));
  worker.unref();

  return {
    isThread: true,
    ready: ready.promise,
    get ended() {
      return ended !== undefined;
    },
    get pending() {
      return waiting.size;
    },
    call(name, input, transfer = []) {
      if (ended !== undefined) return Promise.reject(ended);
      const call = (calls += 1);
      return new Promise((resolve, reject) => {
        waiting.set(call, { resolve, reject });
        worker.ref();
        const request: WorkerRequest = { call, name, input };
        worker.postMessage(request, transfer as ArrayBuffer[]);
      });
    },
    async close() {
      isClosing = true;
      // Whoever is told that a call failed may then remove what it has written.
      await worker.terminate();
      end('it was closed');
    },
  };
}
