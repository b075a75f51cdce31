import { saveOpened } from './piece-loader.ts';
import type { FetchedPieces, OrderToSave, SavedOrder } from './piece-loader.ts';
import type { FileToSave } from './save-file.ts';

/** A part whose pieces were fetched, with those of others. */
export interface FetchedPart {
  /** Opens it, and with it all that was fetched; `undefined` if that cannot be done, or its pieces are gone. */
  open(): Promise<Uint8Array | undefined>;
  /** Writes it into a file, with all others that are to be saved in this turn; `'unread'` as well if its pieces are gone. */
  save(file: FileToSave): Promise<SavedOrder>;
}

/** Parts that were fetched together. */
export interface FetchedParts {
  /** One of them, by its position. */
  part(order: number): FetchedPart;
  /** Frees what nobody asked for. What was opened may be in use: it is only forgotten. */
  release(): void;
}

/** If less of them is to be saved in one turn, the others will be asked for later: all are opened then, and kept. */
const MOST = 0.5;

/** Gives each of so many parts that were ordered to whoever asks for it, and has them opened or saved together. */
export function fetchedParts(pieces: FetchedPieces, count: number): FetchedParts {
  type Waiting = OrderToSave & {
    readonly resolve: (saved: SavedOrder | Promise<SavedOrder>) => void;
    readonly reject: (why: unknown) => void;
  };
  let isGone = false;
  let opened: Promise<(Uint8Array | undefined)[]> | undefined;
  let waiting: Waiting[] = [];

  async function saveAll(): Promise<void> {
    const all = waiting;
    waiting = [];
    if (isGone) return all.forEach(({ resolve }) => resolve('unread'));
    isGone = true;
    try {
      if (all.length < count * MOST) {
        opened = pieces.open();
        const made = await opened;
        for (const { order, file, resolve } of all) resolve(saveOpened(file, made[order]));
        return;
      }
      const saved = await pieces.save(all);
      for (const [i, { resolve }] of all.entries()) resolve(saved[i] ?? 'unread');
    } catch (error) {
      for (const { reject } of all) reject(error);
    }
  }

  return {
    part: (order) => ({
      async open() {
        if (opened === undefined) {
          if (isGone) return undefined;
          isGone = true;
          opened = pieces.open();
        }
        return (await opened)[order];
      },
      async save(file) {
        if (opened !== undefined) return saveOpened(file, (await opened)[order]);
        if (isGone) return 'unread';
        if (waiting.length === 0) setImmediate(() => void saveAll());
        return new Promise((resolve, reject) => {
          waiting.push({ order, file, resolve, reject });
        });
      },
    }),
    release() {
      opened = undefined;
      if (isGone) return;
      isGone = true;
      pieces.drop();
    },
  };
}
