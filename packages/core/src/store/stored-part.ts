import type { PartSource, StoredPart } from '../tree/item-record.ts';
import { knownPlaces } from './known-places.ts';
import { KNOWN_GROUP } from './prepared-part.ts';
import type { PreparedPart } from './prepared-part.ts';

/** A part as it stands in the record of its item: `ids` are those of the batch, `known` the same part as it was stored before. */
export function storedPart(
  { name, known }: { readonly name: string; readonly known: StoredPart | undefined },
  prepared: PreparedPart | undefined,
  ids: readonly Uint8Array[],
): StoredPart {
  if (prepared === undefined) throw new TypeError('A lane lost a part.');
  const { size, blobs, sources, segments, digest } = prepared;
  if (!blobs.includes(KNOWN_GROUP)) {
    return { name, size, blobs: blobs.map((number) => ids[number] as Uint8Array), sources, segments, digest };
  }
  const places = known === undefined ? [] : knownPlaces(known);
  const all: Uint8Array[] = [];
  let used = 0;
  const placed = sources?.map((source): PartSource => {
    const own = blobs.slice(used, used + source.blobs);
    used += source.blobs;
    const place = own[0] === KNOWN_GROUP ? places.shift() : undefined;
    all.push(...(place === undefined ? own.map((number) => ids[number] as Uint8Array) : [place.blob]));
    return place === undefined ? source : { ...source, at: place.at };
  });
  return { name, size, blobs: all, sources: placed, segments, digest };
}
