import { CryptoError, RepositoryError } from '@holdfast/contracts';
import type { OperationOptions } from '@holdfast/contracts';
import type { BlobLocation, PackInfo } from '../index-segments/blob-segment.ts';
import { toHex } from '../internal/bytes.ts';
import { mapConcurrent } from '../internal/map-concurrent.ts';
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
   * in memory then, sealed and open: the caller sees to it that it is not too much.
   *
   * @returns What was ordered, in order; `undefined` where a hint is missing or stale, or a piece is damaged. Then the
   * {@link BlobReader} knows more.
   * @throws What the destination throws, unless the object is missing or too short.
   */
  load(orders: readonly PieceOrder[], options?: OperationOptions): Promise<(Uint8Array | undefined)[]>;
}

/** Makes a {@link PieceLoader}. However much goes on, as many ranges are read at once as the budget says. */
export function createPieceLoader({
  objects,
  lanes,
  budget: { transfers },
}: {
  readonly objects: ObjectStore;
  readonly lanes: Lanes;
  readonly budget: Pick<Budget, 'transfers'>;
}): PieceLoader {
  const slots = createSemaphore(transfers);

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
      const sealed: (Uint8Array | undefined)[] = Array.from({ length: pieces.length });
      await mapConcurrent(
        joinRanges(pieces),
        async (range) => {
          const bytes = await readRange(range.pack, range, options);
          for (const { request, location } of range.members) {
            const start = location.offset - range.offset;
            sealed[request.number] = bytes?.subarray(start, start + location.length);
          }
        },
        { concurrency: transfers, signal: options.signal },
      );
      const input = packUp(pieces, sealed, assemblies);
      const lane = lanes.pick(input.sealed.length);
      const transfer = [input.sealed.buffer, input.ids.buffer, input.places.buffer] as ArrayBuffer[];
      const { bytes, starts, ends } = await lane.call('openPieces', input, transfer);
      return orders.map((_, i) => (starts[i]! < 0 ? undefined : bytes.subarray(starts[i], ends[i])));
    },
  };
}

type Piece = LocatedRequest<{ readonly number: number; readonly id: Uint8Array }>;

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
    pieces.push({ request: { number, id }, location });
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

function packUp(
  pieces: readonly Piece[],
  sealed: readonly (Uint8Array | undefined)[],
  assemblies: readonly Assembly[],
): OpenPiecesInput {
  const bytes = new Uint8Array(sealed.reduce((sum, one) => sum + (one?.length ?? 0), 0));
  const ids = new Uint8Array(pieces.length * ID_LENGTH);
  const places = new Uint32Array(pieces.length * PLACE_NUMBERS);
  const packs: PackInfo[] = [];
  const packNumbers = new Map<PackInfo, number>();
  let offset = 0;
  for (const [number, { request, location }] of pieces.entries()) {
    const { pack, ordinal } = location;
    const packNumber = packNumbers.get(pack) ?? packs.push(pack) - 1;
    packNumbers.set(pack, packNumber);
    const piece = sealed[number];
    ids.set(request.id, number * ID_LENGTH);
    places.set([packNumber, ordinal, piece?.length ?? 0], number * PLACE_NUMBERS);
    if (piece === undefined) continue;
    bytes.set(piece, offset);
    offset += piece.length;
  }
  return { sealed: bytes, ids, places, packs, assemblies };
}
