import type { Lane } from '../threads/lane.ts';
import { handOver } from './hand-over.ts';
import type { Closing } from './hand-over.ts';
import type { StoreSessionKey } from './store-session.ts';

/** Closes the open packs of lanes. Those that are not full go together, so that a small run makes one pack. */
export async function closeLanePacks(
  lanes: readonly Lane[],
  session: StoreSessionKey,
  closing: Closing,
): Promise<void> {
  const sized = await Promise.all(lanes.map(async (lane) => ({ lane, size: await lane.call('packSize', session) })));
  const [largest, ...others] = sized.filter(({ size }) => size > 0).toSorted((a, b) => b.size - a.size);
  if (largest === undefined) return;
  for (const { lane } of others) await handOver(lane, largest.lane, session, closing);
  await closing.put(await largest.lane.call('closePack', { ...session, salts: closing.salts() }));
}
