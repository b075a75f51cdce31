import { freeBytes } from '../internal/free-bytes.ts';
import type { LaneContext, TaskResult } from '../threads/tasks.ts';
import { clearArenas } from './batch-arenas.ts';
import { eachLoose } from './pack-builder.ts';
import type { LooseBlobs, SealedPack } from './pack-builder.ts';
import { storeSession } from './store-session.ts';
import type { StoreSession, StoreSessionKey } from './store-session.ts';

/** What packs are made with. */
export interface PackInput extends StoreSessionKey {
  /** One salt for each pack that may be closed. */
  readonly salts: readonly Uint8Array<ArrayBuffer>[];
}

/** Which blobs of a batch are to be stored. */
export interface FreshInput extends PackInput {
  /** Number of the batch. */
  readonly batch: number;
  /** 1 for each blob that is new, else 0. */
  readonly fresh: Uint8Array;
  /** Memory of a pack that was put, for another one. */
  readonly spare: ArrayBuffer | undefined;
}

/** What became of a batch. */
export interface StoredBatch {
  /** Packs that became full. */
  readonly packs: readonly SealedPack[];
  /** What the batch came in, to be used again. */
  readonly slab: ArrayBuffer;
}

/** Compresses the blobs of a batch that are new into the open pack. Returns packs that became full. */
export function storeBatch(context: LaneContext, input: FreshInput): TaskResult<StoredBatch> {
  const session = storeSession(context, input);
  const packs: SealedPack[] = [];
  const prepared = session.batches.get(input.batch);
  if (prepared === undefined) throw new TypeError('There is no such batch.');
  session.batches.delete(input.batch);
  if (input.spare !== undefined) session.pack.give(input.spare);
  prepared.blobs.each(input.fresh, (id, raw) => {
    session.pack.add(id, raw);
    closeIfFull(session, input, packs);
  });
  const slab = prepared.slab.buffer as ArrayBuffer;
  if (prepared.arenas === undefined) prepared.blobs.free();
  else {
    clearArenas(prepared.arenas);
    session.arenas.push(prepared.arenas);
  }
  return { output: { packs, slab }, transfer: [...packs.map(memoryOf), slab] };
}

/** Takes in what another lane gave away. */
export function storeLoose(
  context: LaneContext,
  input: PackInput & { readonly loose: LooseBlobs },
): TaskResult<readonly SealedPack[]> {
  const session = storeSession(context, input);
  const packs: SealedPack[] = [];
  eachLoose(input.loose, (id, plaintext) => {
    session.pack.addPlaintext(id, plaintext);
    closeIfFull(session, input, packs);
  });
  freeBytes(input.loose.memory);
  return { output: packs, transfer: packs.map(memoryOf) };
}

/** Closes the open pack, unless it is empty. */
export function closePack(context: LaneContext, input: PackInput): TaskResult<readonly SealedPack[]> {
  const { pack } = storeSession(context, input);
  const [salt] = input.salts;
  const packs = pack.size === 0 || salt === undefined ? [] : [pack.seal(salt)];
  return { output: packs, transfer: packs.map(memoryOf) };
}

/** Says how large the open pack is. */
export function packSize(context: LaneContext, input: StoreSessionKey): TaskResult<number> {
  return { output: storeSession(context, input).pack.size, transfer: [] };
}

/** Gives away what is in the open pack. */
export function takeLoose(context: LaneContext, input: StoreSessionKey): TaskResult<LooseBlobs> {
  const output = storeSession(context, input).pack.take();
  return { output, transfer: [output.memory.buffer as ArrayBuffer] };
}

function closeIfFull({ pack }: StoreSession, { target, salts }: PackInput, packs: SealedPack[]): void {
  const salt = salts[packs.length];
  // One that is a little larger is better than a salt used twice.
  if (pack.size >= target && salt !== undefined) packs.push(pack.seal(salt));
}

function memoryOf({ bytes }: SealedPack): ArrayBuffer {
  return bytes.buffer as ArrayBuffer;
}
