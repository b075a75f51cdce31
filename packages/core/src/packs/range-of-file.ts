import { closeSync, constants, openSync, readSync } from 'node:fs';
import type { ByteRange } from '@holdfast/contracts';

/** A stretch of a file that a lane reads by itself. */
export interface RangeOfFile extends ByteRange {
  /** Its path. */
  readonly file: string;
}

// Neither exists on Windows: no link is followed, and a pipe in the place of a file holds nothing up.
const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants as Partial<typeof constants> & { O_RDONLY: number };

/** Reads stretches of files, each file opened once. */
export interface FileRangeReader {
  /** Reads one; `undefined` if it cannot be read whole: its destination knows why. */
  read(range: RangeOfFile): Uint8Array | undefined;
  /** Closes the files. */
  close(): void;
}

/** Makes a {@link FileRangeReader}. */
export function createFileRangeReader(): FileRangeReader {
  const opened = new Map<string, number>();

  function open(path: string): number {
    const file = opened.get(path) ?? openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    opened.set(path, file);
    return file;
  }

  return {
    read({ file: path, offset, length }) {
      try {
        const file = open(path);
        // Not cleared: it is filled, or not given out.
        const bytes = new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
        for (let done = 0; done < length;) {
          const read = readSync(file, bytes, done, length - done, offset + done);
          if (read === 0) return undefined;
          done += read;
        }
        return bytes;
      } catch {
        return undefined;
      }
    },
    close() {
      for (const file of opened.values()) closeSync(file);
    },
  };
}
