import type { LaneContext, TaskResult } from '../threads/tasks.ts';
import { createBatchArenas } from './batch-arenas.ts';
import { createBlobBatch } from './blob-batch.ts';
import { createBlobGroups } from './blob-group.ts';
import { createPartStream } from './part-stream.ts';
import type { StreamedPart } from './part-stream.ts';
import { preparePart } from './prepare-part.ts';
import type { PreparePart } from './prepare-part.ts';
import type { PreparedPart } from './prepared-part.ts';
import { storeSession } from './store-session.ts';
import type { StoreSessionKey } from './store-session.ts';

/** Parts in a slab. */
export interface BatchInput extends StoreSessionKey {
  /** Number of the batch. */
  readonly batch: number;
  /** The parts, back to back. */
  readonly slab: Uint8Array;
  /** Length and kind of each. */
  readonly parts: readonly (PreparePart & { readonly length: number })[];
}

/** What is known of a batch: the ids are to be looked up before anything of it is stored. */
export interface PreparedBatch {
  /** Ids of its blobs, back to back. */
  readonly ids: Uint8Array;
  /** Its parts. */
  readonly parts: readonly PreparedPart[];
}

/** The next bytes of a part that came as a stream. */
export interface StreamInput extends StoreSessionKey {
  /** Number of the batch. */
  readonly batch: number;
  /** Number of the part. */
  readonly stream: number;
  /** Whether it is a message. */
  readonly mime: boolean;
  /** The bytes. */
  readonly slab: Uint8Array;
  /** Whether these are the last. */
  readonly last: boolean;
}

/** What became of them. */
export interface PreparedStream {
  /** Ids of blobs, back to back. */
  readonly ids: Uint8Array;
  /** Those that the part has now, as numbers of ids, in order. */
  readonly numbers: readonly number[];
  /** The part, once it is whole. */
  readonly part: StreamedPart | undefined;
}

/** Splits, cuts and groups parts and makes the ids of their blobs. */
export function prepareBatch(context: LaneContext, input: BatchInput): TaskResult<PreparedBatch> {
  const session = storeSession(context, input);
  const blobs = createBlobBatch(session.keyring, session.domain);
  const arenas = session.arenas.pop() ?? createBatchArenas(input.slab.buffer.byteLength);
  const groups = createBlobGroups(arenas.groups, (raw) => blobs.add(raw));
  const preparing = {
    keyring: session.keyring,
    blobs,
    groups,
    chunker: session.chunker,
    decoder: session.decoder,
    arenas,
  };
  let offset = 0;
  const prepared = input.parts.map((part) => {
    const bytes = input.slab.subarray(offset, offset + part.length);
    offset += part.length;
    return preparePart(preparing, bytes, part);
  });
  groups.close();
  session.batches.set(input.batch, { blobs, slab: input.slab, arenas });
  return { output: { ids: blobs.ids(), parts: prepared.map((part) => part()) }, transfer: [] };
}

/** Does the same with the next bytes of a long part. */
export function prepareStream(context: LaneContext, input: StreamInput): TaskResult<PreparedStream> {
  const session = storeSession(context, input);
  const { batch, stream, mime, slab, last } = input;
  const blobs = createBlobBatch(session.keyring, session.domain);
  const part = session.streams.get(stream) ?? createPartStream(session.chunker, mime);
  session.streams.set(stream, part);
  session.batches.set(batch, { blobs, slab });
  const numbers = part.push(slab, blobs);
  if (!last) return { output: { ids: blobs.ids(), numbers, part: undefined }, transfer: [] };
  session.streams.delete(stream);
  const ended = part.end(blobs);
  const all = [...numbers, ...ended.numbers];
  return { output: { ids: blobs.ids(), numbers: all, part: ended.part }, transfer: [] };
}

/** Forgets a long part that does not come to its end. */
export function dropStream(
  context: LaneContext,
  input: StoreSessionKey & { readonly stream: number },
): TaskResult<null> {
  storeSession(context, input).streams.delete(input.stream);
  return { output: null, transfer: [] };
}
