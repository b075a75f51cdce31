import { BLOB_KINDS, openBlob } from '@holdfast/crypto';
import type { Keyring } from '@holdfast/crypto';
import { CryptoError, RepositoryError } from '@holdfast/contracts';
import type { OperationOptions } from '@holdfast/contracts';
import { unframe } from '../blobs/codec.ts';
import type { BlobLocation } from '../index-segments/blob-segment.ts';
import type { BlobIndex } from '../index-segments/blob-index.ts';
import { equalBytes, equalOptionalBytes, toHex } from '../internal/bytes.ts';
import { objectName } from '../objects/object-name.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import { nodeBody } from '../tree/node.ts';

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
}

/** Ranges of one pack that lie closer together than this are read as one. */
const GAP = 32 * 1024;

/** A joined range never grows beyond this. */
const LONGEST_RANGE = 16 * 1024 * 1024;

/** Makes a {@link BlobReader}. */
export function createBlobReader({ objects, keyring, index }: BlobReaderContext): BlobReader {
  function open({ kind, id }: BlobRequest, location: BlobLocation, sealed: Uint8Array): Uint8Array {
    const object = objectName('data', toHex(location.pack.name));
    const plaintext = openBlob(keyring, {
      header: location.pack.header,
      record: { ordinal: location.ordinal, kind },
      sealed,
      object,
    });
    const raw = unframe(plaintext, { object });
    const identified = kind === BLOB_KINDS.node ? nodeBody(raw, { object }) : raw;
    if (!equalBytes(keyring.blobId(kind, identified, location.pack.domain), id)) {
      throw new RepositoryError('ERR_OBJECT_DAMAGED', { object, reason: 'a blob does not have its id' });
    }
    return raw;
  }

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

  return {
    read,
    async readMany(requests, options = {}) {
      const results: (Uint8Array | undefined)[] = Array.from({ length: requests.length });
      for (const range of joinRanges(requests)) {
        const bytes =
          range.members.length > 1
            ? // A range that fails as a whole is tried again blob by blob below.
              await objects.getRange('data', range.pack, range, options).catch(staleOnly)
            : undefined;
        for (const { position, request, location } of range.members) {
          const start = location.offset - range.offset;
          const sealed = bytes?.subarray(start, start + location.length);
          results[position] = sealed === undefined ? undefined : tryOpen(() => open(request, location, sealed));
        }
      }
      const complete: Uint8Array[] = [];
      for (const [position, request] of requests.entries()) {
        complete.push(results[position] ?? (await read(request, options)));
      }
      return complete;
    },
  };
}

interface JoinedRange {
  readonly pack: string;
  offset: number;
  length: number;
  readonly members: { readonly position: number; readonly request: BlobRequest; readonly location: BlobLocation }[];
}

function joinRanges(requests: readonly BlobRequest[]): JoinedRange[] {
  const wanted = requests
    .flatMap((request, position) =>
      request.hint === undefined
        ? []
        : [{ position, request, location: request.hint, pack: toHex(request.hint.pack.name) }],
    )
    .toSorted((a, b) => (a.pack === b.pack ? a.location.offset - b.location.offset : a.pack < b.pack ? -1 : 1));
  const ranges: JoinedRange[] = [];
  for (const { pack, ...member } of wanted) {
    const { offset, length } = member.location;
    const last = ranges.at(-1);
    const end = offset + length;
    if (last?.pack === pack && offset <= last.offset + last.length + GAP && end - last.offset <= LONGEST_RANGE) {
      last.length = Math.max(last.length, end - last.offset);
      last.members.push(member);
    } else {
      ranges.push({ pack, offset, length, members: [member] });
    }
  }
  return ranges;
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
