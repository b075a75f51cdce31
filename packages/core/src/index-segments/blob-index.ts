import type { OperationOptions } from '@holdfast/contracts';
import { toHex } from '../internal/bytes.ts';
import { decodeBlobSegment, encodeBlobSegment } from './blob-segment.ts';
import type { BlobLocation, BlobRecord, BlobSegment, PackInfo } from './blob-segment.ts';

/** Where blobs lie: what segments say, and what was added since. */
export interface BlobIndex {
  /** Where a blob lies; if it lies in several places, one of them. */
  find(id: Uint8Array, options?: OperationOptions): Promise<BlobLocation | undefined>;
  /** Where blobs lie, in the order of the ids. Many at once cost less than one by one. */
  findMany(ids: readonly Uint8Array[], options?: OperationOptions): Promise<(BlobLocation | undefined)[]>;
  /** Whether the index knows blobs, in the order of the ids. */
  hasMany(ids: readonly Uint8Array[], options?: OperationOptions): Promise<boolean[]>;
  /** Adds one blob; it takes the place of what was added under that id since the last take. */
  add(id: Uint8Array, location: BlobLocation): void;
  /** Adds all blobs of a segment. */
  addSegment(segment: BlobSegment): void;
  /**
   * Gives what was added by `add` since the last take, for a segment to be written. It stays findable, as bytes.
   *
   * @throws A `RangeError` if one of them does not have the form of the format; then nothing is taken.
   */
  takeRecent(): readonly BlobRecord[];
  /** Every pack the index knows, once each. */
  packs(): Iterable<PackInfo>;
}

/** Makes an index that knows nothing. */
export function createBlobIndex(): BlobIndex {
  const segments: BlobSegment[] = [];
  let recent = new Map<string, BlobRecord>();

  function find(id: Uint8Array): BlobLocation | undefined {
    const added = recent.size > 0 ? recent.get(toHex(id)) : undefined;
    if (added) return added.location;
    for (let i = segments.length - 1; i >= 0; i--) {
      const location = segments[i]!.find(id);
      if (location) return location;
    }
    return undefined;
  }

  return {
    find: async (id) => find(id),
    findMany: async (ids) => ids.map((id) => find(id)),
    hasMany: async (ids) => ids.map((id) => find(id) !== undefined),
    add(id, location) {
      recent.set(toHex(id), { id, location });
    },
    addSegment(segment) {
      segments.push(segment);
    },
    takeRecent() {
      const taken = [...recent.values()];
      if (taken.length === 0) return taken;
      segments.push(decodeBlobSegment(encodeBlobSegment(taken), { object: 'index in memory' }));
      recent = new Map();
      return taken;
    },
    *packs() {
      const known = new Set<string>();
      const listed = segments.flatMap((segment) => segment.packs);
      for (const { location } of recent.values()) listed.push(location.pack);
      for (const pack of new Set(listed)) {
        const name = toHex(pack.name);
        if (known.has(name)) continue;
        known.add(name);
        yield pack;
      }
    },
  };
}
