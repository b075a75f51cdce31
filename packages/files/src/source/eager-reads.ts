import type { ReadMemory } from './read-memory.ts';

/**
 * Files that are read when they are told: the head of a message is needed then, and opening it costs more than reading the rest,
 * as long as most of what is told is asked for soon after, as in a first backup.
 */
export interface EagerReads {
  /** Whether the next file had better be read whole. To be asked once for each file that is told. */
  tell(): boolean;
  /** Keeps what was read, for a while. */
  keep(id: string, bytes: Uint8Array): void;
  /** Says that a file is read, and gives its bytes if they are kept. They are the caller's then. */
  take(id: string): Uint8Array | undefined;
}

/** More items are hardly ever told ahead of those that are read. */
const MOST_KEPT = 16;
/** From this share of files on of which something is wanted, it pays. */
const MOST = 0.9;
/** What was longer ago counts half. */
const REMEMBERED = 256;

/** Makes it, with nothing kept. */
export function createEagerReads(memory: ReadMemory): EagerReads {
  const kept = new Map<string, Uint8Array>();
  let told = 0;
  let read = 0;
  return {
    tell() {
      if (told >= REMEMBERED) {
        told /= 2;
        read /= 2;
      }
      told += 1;
      // The last ones may only be on their way.
      return read + MOST_KEPT >= told * MOST;
    },
    keep(id, bytes) {
      kept.set(id, bytes);
      if (kept.size <= MOST_KEPT) return;
      for (const [oldest, unused] of kept) {
        kept.delete(oldest);
        memory.giveBack(unused);
        return;
      }
    },
    take(id) {
      read += 1;
      const bytes = kept.get(id);
      kept.delete(id);
      return bytes;
    },
  };
}
