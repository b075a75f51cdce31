import { CryptoError, RepositoryError } from '@holdfast/contracts';
import type { OperationOptions } from '@holdfast/contracts';
import type { BlobLocation, PackInfo } from '../index-segments/blob-segment.ts';
import { equalBytes, toHex } from '../internal/bytes.ts';
import { freeBytes } from '../internal/free-bytes.ts';
import { createLruCache } from '../internal/lru-cache.ts';
import { mapConcurrent } from '../internal/map-concurrent.ts';
import { ownBytes } from '../internal/own-bytes.ts';
import { createSemaphore } from '../internal/semaphore.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import type { Budget } from '../repository/budget.ts';
import type { Lane } from '../threads/lane.ts';
import type { Lanes } from '../threads/lanes.ts';
import { unpackError } from '../threads/transported-error.ts';
import type { StoredPart } from '../tree/item-record.ts';
import type { BlobRequest } from './blob-reader.ts';
import { joinRanges } from './join-ranges.ts';
import type { JoinedRange, LocatedRequest } from './join-ranges.ts';
import { ID_LENGTH, PLACE_NUMBERS } from './open-pieces.ts';
import type { Assembly, OpenPiecesInput } from './open-pieces.ts';
import type { RangeOfFile } from './range-of-file.ts';
import { saveFile } from './save-file.ts';
import type { FileToSave } from './save-file.ts';

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
   * in memory then, sealed: the caller sees to it that it is not too much. What lay apart from everything else is kept for
   * later, sealed, in a small share of the memory.
   *
   * @throws What the destination throws, unless the object is missing or too short.
   */
  fetch(orders: readonly PieceOrder[], options?: OperationOptions): Promise<FetchedPieces>;
  /** {@link PieceLoader.fetch | Fetches} pieces and {@link FetchedPieces.open | opens} them. */
  load(orders: readonly PieceOrder[], options?: OperationOptions): Promise<(Uint8Array | undefined)[]>;
}

/** Pieces in memory, sealed. One of its methods may be called, once: they are gone then. */
export interface FetchedPieces {
  /**
   * Opens them.
   *
   * @returns What was ordered, in order, each in a buffer of its own; `undefined` where a hint is missing or stale, or a
   * piece is damaged. Then the {@link BlobReader} knows more.
   */
  open(): Promise<(Uint8Array | undefined)[]>;
  /**
   * Opens those that these orders need, and writes what they make up into files.
   *
   * @returns What became of each.
   */
  save(files: readonly OrderToSave[]): Promise<SavedOrder[]>;
  /** Frees them. */
  drop(): void;
}

/** An order, and where what it makes up goes. */
export interface OrderToSave {
  /** Its position among what was ordered. */
  readonly order: number;
  /** The file. */
  readonly file: FileToSave;
}

/** It is there; the pieces cannot be had, as in {@link FetchedPieces.open}; or it could not be written. */
export type SavedOrder = 'saved' | 'unread' | { readonly error: unknown };

/** Share of the memory of a budget for pieces that are likely to be wanted again, sealed as they are. */
const KEPT_SHARE = 1 / 16;
/** The longest of them. */
const LONGEST_KEPT = 256 * 1024;

/** In an open file, a further read costs as much as so many bytes. */
const NEAR_IN_FILES = { near: 64 * 1024, far: 64 * 1024 };

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

  async function fetch(orders: readonly PieceOrder[], options: OperationOptions = {}): Promise<FetchedPieces> {
    const { pieces, assemblies } = numbered(orders);
    const ranges: (Uint8Array<ArrayBuffer> | RangeOfFile)[] = [];
    const sealed: (SealedPlace | undefined)[] = Array.from({ length: pieces.length });
    // A thread that opens pieces may read them as well.
    const inFiles = objects.fileOf !== undefined && lanes.areThreads;
    const place = (
      members: JoinedRange<Piece['request']>['members'],
      start: number,
      range: (typeof ranges)[number],
    ): void => {
      const number = ranges.push(range) - 1;
      for (const { request, location } of members) {
        sealed[request.number] = { range: number, offset: location.offset - start };
      }
    };
    /** Leaves what lies in files to whoever opens it; gives what does not. */
    const withoutFiles = async (all: readonly JoinedRange<Piece['request']>[]): Promise<typeof all> => {
      const rest: JoinedRange<Piece['request']>[] = [];
      for (const [pack, some] of Map.groupBy(all, (range) => range.pack)) {
        // Whatever fails here, reading it the other way says why, or is tried again.
        const file = await objects.fileOf?.('data', pack, some, options).catch(() => undefined);
        if (file === undefined) rest.push(...some);
        else for (const { offset, length, members } of some) place(members, offset, { file, offset, length });
      }
      return rest;
    };
    const unread = pieces.filter(({ request, location }) => {
      const piece = kept.get(request.name);
      if (piece === undefined || !isThere(piece.location, location)) return true;
      sealed[request.number] = { range: ranges.push(new Uint8Array(piece.sealed)) - 1, offset: 0 };
      return false;
    });
    const joined = joinRanges(unread, inFiles ? NEAR_IN_FILES : {});
    await mapConcurrent(
      inFiles ? await withoutFiles(joined) : joined,
      async ({ pack, offset, length, members }) => {
        const bytes = await readRange(pack, { offset, length }, options);
        if (bytes === undefined) return;
        const [only] = members;
        if (members.length === 1 && only !== undefined && length <= LONGEST_KEPT) {
          kept.set(only.request.name, { location: only.location, sealed: bytes.slice() }, length);
        }
        place(members, offset, ownBytes(bytes));
      },
      { concurrency: transfers, signal: options.signal },
    );
    const input = { ranges, ...tableOf(pieces, sealed), assemblies };
    const inMemory = ranges.filter((range) => range instanceof Uint8Array);
    const buffers = [...inMemory.map(({ buffer }) => buffer), input.ids.buffer, input.places.buffer];
    const pick = (): Lane => lanes.pick(ranges.reduce((sum, { length }) => sum + length, 0));
    const open = async (lane: Lane): Promise<(Uint8Array | undefined)[]> => [
      ...(await lane.call('openPieces', input, buffers)),
    ];
    return {
      open: () => open(pick()),
      async save(files) {
        const lane = pick();
        if (lane.isThread) {
          const some = {
            ...input,
            assemblies: files.map(({ order }) => assemblies[order]!),
            files: files.map(({ file }) => file),
          };
          const saved = await lane.call('savePieces', some, buffers);
          return saved.map((one) => (typeof one === 'string' ? one : { error: unpackError(one) }));
        }
        const made = await open(lane);
        const saved: SavedOrder[] = [];
        for (const { order, file } of files) saved.push(await saveOpened(file, made[order]));
        for (const bytes of made) if (bytes !== undefined) freeBytes(bytes);
        return saved;
      },
      drop() {
        for (const range of inMemory) freeBytes(range);
      },
    };
  }

  return {
    fetch,
    load: async (orders, options) => (await fetch(orders, options)).open(),
  };
}

/** Writes a part that was opened into a file, without holding up the thread. */
export async function saveOpened(file: FileToSave, bytes: Uint8Array | undefined): Promise<SavedOrder> {
  if (bytes === undefined) return 'unread';
  try {
    await saveFile(file, bytes);
    return 'saved';
  } catch (error) {
    return { error };
  }
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
