import type { Keyring } from '@holdfast/crypto';
import { CryptoError, RepositoryError } from '@holdfast/contracts';
import type { OperationOptions } from '@holdfast/contracts';
import type { BlobLocation } from '../index-segments/blob-segment.ts';
import type { BlobIndex } from '../index-segments/blob-index.ts';
import { equalBytes, equalOptionalBytes, toHex } from '../internal/bytes.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import { joinRanges } from './join-ranges.ts';
import { openLocatedBlob } from './open-located-blob.ts';

/** A blob that is wanted, with where it is believed to be. */
export interface BlobRequest {
  /** Kind of blob. */
  readonly kind: number;
  /** Its id; what is read is compared with it. */
  readonly id: Uint8Array;
  /** A location hint; the index is asked if it is missing or stale. */
  readonly hint: BlobLocation | undefined;
}

/** What a {@link BlobReader} needs. */
export interface BlobReaderContext {
  /** Where packs come from. */
  readonly objects: ObjectStore;
  /** Opens blobs. */
  readonly keyring: Keyring;
  /** Loads the index when a hint fails. */
  readonly index: (options: OperationOptions) => Promise<BlobIndex>;
}

/** Reads blobs, each verified against its id. */
export interface BlobReader {
  /**
   * Reads one blob with one range read if the hint is good.
   *
   * @throws `ERR_BLOB_MISSING`, a {@link RepositoryError}, if no pack is known that holds it; else what the best known
   * place answered.
   */
  read(request: BlobRequest, options?: OperationOptions): Promise<Uint8Array>;
  /** Reads many blobs, neighbours in a pack with one range read. The result has the order of the requests. */
  readMany(requests: readonly BlobRequest[], options?: OperationOptions): Promise<Uint8Array[]>;
  /** The same by the hints alone: `undefined` for what they do not find. */
  readHinted(requests: readonly BlobRequest[], options?: OperationOptions): Promise<(Uint8Array | undefined)[]>;
}

/** Makes a {@link BlobReader}. */
export function createBlobReader({ objects, keyring, index }: BlobReaderContext): BlobReader {
  const open = (request: BlobRequest, location: BlobLocation, sealed: Uint8Array): Uint8Array =>
    openLocatedBlob(keyring, request, location, sealed);

  async function readAt(request: BlobRequest, location: BlobLocation, options: OperationOptions): Promise<Uint8Array> {
    const { pack, offset, length } = location;
    return open(request, location, await objects.getRange('data', toHex(pack.name), { offset, length }, options));
  }

  async function readByIndex(request: BlobRequest, failure: unknown, options: OperationOptions): Promise<Uint8Array> {
    if (failure !== undefined && !isStale(failure)) throw failure;
    const location = await (await index(options)).find(request.id, { ...options, tolerant: true });
    if (location === undefined || samePlace(location, request.hint)) {
      throw failure ?? new RepositoryError('ERR_BLOB_MISSING', { item: toHex(request.id) });
    }
    return readAt(request, location, options);
  }

  async function read(request: BlobRequest, options: OperationOptions = {}): Promise<Uint8Array> {
    if (request.hint === undefined) return readByIndex(request, undefined, options);
    try {
      return await readAt(request, request.hint, options);
    } catch (error) {
      return readByIndex(request, error, options);
    }
  }

  async function readHinted(
    requests: readonly BlobRequest[],
    options: OperationOptions = {},
  ): Promise<(Uint8Array | undefined)[]> {
    const results: (Uint8Array | undefined)[] = Array.from({ length: requests.length });
    const located = [...requests.entries()].flatMap(([position, request]) =>
      request.hint === undefined ? [] : [{ request: { position, request }, location: request.hint }],
    );
    for (const range of joinRanges(located)) {
      const bytes = await objects.getRange('data', range.pack, range, options).catch(staleOnly);
      if (bytes === undefined) continue;
      for (const { request: member, location } of range.members) {
        const start = location.offset - range.offset;
        const sealed = bytes.subarray(start, start + location.length);
        results[member.position] = tryOpen(() => open(member.request, location, sealed));
      }
    }
    return results;
  }

  return {
    read,
    readHinted,
    async readMany(requests, options = {}) {
      // What the hints do not find is tried again one by one.
      const results = requests.length > 1 ? await readHinted(requests, options) : [];
      const complete: Uint8Array[] = [];
      for (const [position, request] of requests.entries()) {
        complete.push(results[position] ?? (await read(request, options)));
      }
      return complete;
    },
  };
}

/** Whether another copy may do better: the object is gone, damaged, or holds something else there. */
function isStale(error: unknown): boolean {
  return RepositoryError.is(error) || CryptoError.is(error);
}

function staleOnly(error: unknown): undefined {
  if (!isStale(error)) throw error;
  return undefined;
}

function tryOpen(open: () => Uint8Array): Uint8Array | undefined {
  try {
    return open();
  } catch (error) {
    return staleOnly(error);
  }
}

function samePlace(a: BlobLocation, b: BlobLocation | undefined): boolean {
  return (
    b !== undefined &&
    a.ordinal === b.ordinal &&
    a.offset === b.offset &&
    a.length === b.length &&
    equalBytes(a.pack.name, b.pack.name) &&
    equalBytes(a.pack.header, b.pack.header) &&
    equalOptionalBytes(a.pack.domain, b.pack.domain)
  );
}
