import type { OperationOptions } from '@holdfast/contracts';
import type { StoredPart } from '../tree/item-record.ts';
import { knownPlaces } from './known-places.ts';
import type { PendingBlobs } from './pending-blobs.ts';

/**
 * Digests of stored parts whose small pieces need not be stored again if they are still the same; undefined where there is no such
 * part, or where a group of it is gone.
 */
export async function knownDigests(
  pending: PendingBlobs,
  parts: readonly (StoredPart | undefined)[],
  options: OperationOptions,
): Promise<(Uint8Array | undefined)[]> {
  const groups = parts.map((part) => (part === undefined ? [] : knownPlaces(part).map(({ blob }) => blob)));
  if (groups.every(({ length }) => length === 0)) return parts.map((part) => part?.digest);
  const held = (await pending.areHeld(groups.flat(), options)).values();
  return parts.map((part, i) => {
    const own = groups[i]?.map(() => held.next().value === true) ?? [];
    return own.includes(false) ? undefined : part?.digest;
  });
}
