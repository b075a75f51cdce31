import type { ItemPart, OperationOptions } from '@holdfast/contracts';
import type { StoredPart } from '../tree/item-record.ts';
import { partKind } from './part-kind.ts';
import type { PartIntake } from './part-store.ts';
import type { StreamedPart } from './part-stream.ts';
import { splitIds } from './split-ids.ts';

/** What became of a stream: it was so short that it may go the way of other parts, or it is stored. */
export type TakenStream = { readonly slab: Uint8Array; readonly length: number } | { readonly stored: StoredPart };

/** Takes in a part of any length, one slab after the other through one lane. Reads no further once the store has ended. */
export async function takeStream(
  intake: PartIntake,
  { name, bytes }: ItemPart,
  reading: OperationOptions,
): Promise<TakenStream> {
  const { session, limits } = intake;
  const pieces = bytes instanceof Uint8Array ? cutUp(bytes, limits.slab) : bytes;
  let lane: ReturnType<PartIntake['pick']> | undefined;
  const stream = intake.nextNumber();
  const ids: Uint8Array[] = [];
  let slab = intake.takeSlab();
  let used = 0;
  let stored: Promise<void> = Promise.resolve();

  async function send(last: boolean): Promise<StreamedPart | undefined> {
    const release = await intake.acquire(reading);
    try {
      lane ??= intake.pick(used);
      const batch = intake.nextNumber();
      const input = { ...session, batch, stream, mime: partKind(name).mime, slab: slab.subarray(0, used), last };
      const prepared = await lane.call('prepareStream', input, [slab.buffer as ArrayBuffer]);
      const known = splitIds(prepared.ids);
      for (const number of prepared.numbers) ids.push(known[number] as Uint8Array);
      stored = intake.storeNew(lane, batch, known, () => {}).finally(release);
      intake.track(stored);
      return prepared.part;
    } catch (error) {
      release();
      throw error;
    }
  }

  try {
    for await (const piece of pieces) {
      reading.signal?.throwIfAborted();
      intake.requireSound();
      for (let from = 0; from < piece.length;) {
        if (used === slab.length) {
          await send(false);
          slab = intake.takeSlab();
          used = 0;
        }
        const some = piece.subarray(from, from + slab.length - used);
        slab.set(some, used);
        used += some.length;
        from += some.length;
      }
    }
    if (lane === undefined) return { slab, length: used };
    const part = await send(true);
    if (part === undefined) throw new TypeError('A lane did not end a part.');
    const { size, sources, segments, order } = part;
    return { stored: { name, size, blobs: order.map((number) => ids[number] as Uint8Array), sources, segments } };
  } catch (error) {
    await lane?.call('dropStream', { ...session, stream }).catch(() => null);
    throw error;
  } finally {
    const left = lane;
    // A lane does one after the other, so with the last of it all of it is stored. Should that fail, its own tracking tells.
    if (left !== undefined) intake.track(stored.catch(() => {}).then(() => intake.leave(left)));
  }
}

function* cutUp(bytes: Uint8Array, length: number): Generator<Uint8Array, void, void> {
  for (let from = 0; from < bytes.length; from += length) yield bytes.subarray(from, from + length);
}
