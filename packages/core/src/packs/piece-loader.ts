import { CryptoError, RepositoryError } from '@holdfast/contracts';
import type { OperationOptions } from '@holdfast/contracts';
import type { BlobLocation, PackInfo } from '../index-segments/blob-segment.ts';
import { equalBytes, toHex } from '../internal/bytes.ts';
import { createLruCache } from '../internal/lru-cache.ts';
import { mapConcurrent } from '../internal/map-concurrent.ts';
import { ownBytes } from '../internal/own-bytes.ts';
import { createSemaphore } from '../internal/semaphore.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import type { Budget } from '../repository/budget.ts';
import type { Lanes } from '../threads/lanes.ts';
import type { StoredPart } from '../tree/item-record.ts';
import type { BlobRequest } from './blob-reader.ts';
import { joinRanges } from './join-ranges.ts';
import type { LocatedRequest } from './join-ranges.ts';
import { ID_LENGTH, PLACE_NUMBERS } from './open-pieces.ts';
import type { Assembly, OpenPiecesInput } from './open-pieces.ts';

/** Something to be read: the pieces that make it up, in order. */
export interface PieceOrder {
  /** The pieces. */
  readonly requests: readonly BlobRequest[];
  /** The part that they make up; absent where they are simply joined. */
  readonly part?: Omit<StoredPart, 'blobs'> | undefined;
}

/** Reads pieces by their hints, many at once, and has them opened in a lane. */
export interface PieceLoader {
  /**
   * Reads what is ordered with as few ranges as the packs allow, each piece once however many orders need it. All of it is
   * in memory then, sealed, and after that open: the caller sees to it that it is not too much. Whatever it gives has a buffer
   * of its own. What lay apart from everything else is kept for later, sealed, in a small share of the memory.
   *
   * @returns What was ordered, in order; `undefined` where a hint is missing or stale, or a piece is damaged. Then the
   * {@link BlobReader} knows more.
   * @throws What the destination throws, unless the object is missing or too short.
   */
  load(orders: readonly PieceOrder[], options?: OperationOptions): Promise<(Uint8Array | undefined)[]>;
}

/** Share of the memory of a budget for pieces that are likely to be wanted again, sealed as they are. */
const KEPT_SHARE = 1 / 16;
/** The longest of them. */
const LONGEST_KEPT = 256 * 1024;

/** A sealed piece, and where it was read. */
interface KeptPiece {
  readonly location: BlobLocation;
  readonly sealed: Uint8Array;
}

/** Makes a {@link PieceLoader}. However much goes on, as many ranges are read at once as the budget says. */
export function createPieceLoader({
  objects,
  lanes,
  budget: { memory, transfers },
}: {
  readonly objects: ObjectStore;
  readonly lanes: Lanes;
  readonly budget: Pick<Budget, 'memory' | 'transfers'>;
}): PieceLoader {
  const slots = createSemaphore(transfers);
  // What lies apart from all else that is read with it was stored with another item: others may share it as well.
  const kept = createLruCache<KeptPiece>(memory * KEPT_SHARE);

  async function readRange(
    pack: string,
    range: { readonly offset: number; readonly length: number },
    options: OperationOptions,
  ): Promise<Uint8Array | undefined> {
    const release = await slots.acquire(options);
    try {
      return await objects.getRange('data', pack, range, options);
    } catch (error) {
      if (RepositoryError.is(error) || CryptoError.is(error)) return undefined;
      throw error;
    } finally {
      release();
    }
  }

  return {
    async load(orders, options = {}) {
      const { pieces, assemblies } = numbered(orders);
      const ranges: Uint8Array<ArrayBuffer>[] = [];
      const sealed: (SealedPlace | undefined)[] = Array.from({ length: pieces.length });
      const unread = pieces.filter(({ request, location }) => {
        const piece = kept.get(request.name);
        if (piece === undefined || !isThere(piece.location, location)) return true;
        sealed[request.number] = { range: ranges.push(new Uint8Array(piece.sealed)) - 1, offset: 0 };
        return false;
      });
      await mapConcurrent(
        joinRanges(unread),
        async ({ pack, offset, length, members }) => {
          const bytes = await readRange(pack, { offset, length }, options);
          if (bytes === undefined) return;
          const [only] = members;
          if (members.length === 1 && only !== undefined && length <= LONGEST_KEPT) {
            kept.set(only.request.name, { location: only.location, sealed: bytes.slice() }, length);
          }
          const range = ranges.push(ownBytes(bytes)) - 1;
          for (const { request, location } of members) {
            sealed[request.number] = { range, offset: location.offset - offset };
          }
        },
        { concurrency: transfers, signal: options.signal },
      );
      const input = { ranges, ...tableOf(pieces, sealed), assemblies };
      const lane = lanes.pick(ranges.reduce((sum, { length }) => sum + length, 0));
      const tables = [input.ids.buffer, input.places.buffer];
      return [...(await lane.call('openPieces', input, [...ranges.map(({ buffer }) => buffer), ...tables]))];
    },
  };
}

/** Where a sealed piece lies in what was read. */
interface SealedPlace {
  /** Number of the range. */
  readonly range: number;
  /** Where it begins in that. */
  readonly offset: number;
}

type Piece = LocatedRequest<{
  readonly number: number;
  readonly id: Uint8Array;
  /** Hex of its id. */
  readonly name: string;
}>;

function isThere(a: BlobLocation, b: BlobLocation): boolean {
  return a.offset === b.offset && a.length === b.length && equalBytes(a.pack.name, b.pack.name);
}

/** Gives each piece that has a hint a number, the same piece the same one. */
function numbered(orders: readonly PieceOrder[]): {
  readonly pieces: readonly Piece[];
  readonly assemblies: readonly Assembly[];
} {
  const pieces: Piece[] = [];
  const numbers = new Map<string, number>();
  const numberOf = ({ id }: BlobRequest, location: BlobLocation): number => {
    const name = toHex(id);
    const known = numbers.get(name);
    if (known !== undefined) return known;
    const number = pieces.length;
    pieces.push({ request: { number, id, name }, location });
    numbers.set(name, number);
    return number;
  };
  const assemblies = orders.map(({ requests, part }): Assembly => {
    const isKnown = requests.every(({ hint }) => hint !== undefined);
    const blobs = requests.map((request) => (isKnown ? numberOf(request, request.hint as BlobLocation) : UNKNOWN));
    return { blobs, part };
  });
  return { pieces, assemblies };
}

/** No piece has this number. */
const UNKNOWN = -1;

/** Ids, places and packs of pieces, as numbers where there are many. */
function tableOf(
  pieces: readonly Piece[],
  sealed: readonly (SealedPlace | undefined)[],
): Pick<OpenPiecesInput, 'packs'> & {
  readonly ids: Uint8Array<ArrayBuffer>;
  readonly places: Uint32Array<ArrayBuffer>;
} {
  const ids = new Uint8Array(pieces.length * ID_LENGTH);
  const places = new Uint32Array(pieces.length * PLACE_NUMBERS);
  const packs: PackInfo[] = [];
  const packNumbers = new Map<PackInfo, number>();
  for (const [number, { request, location }] of pieces.entries()) {
    ids.set(request.id, number * ID_LENGTH);
    const place = sealed[number];
    if (place === undefined) continue;
    const { pack, ordinal, length } = location;
    const packNumber = packNumbers.get(pack) ?? packs.push(pack) - 1;
    packNumbers.set(pack, packNumber);
    places.set([packNumber, ordinal, place.range, place.offset, length], number * PLACE_NUMBERS);
  }
  return { ids, places, packs };
}
