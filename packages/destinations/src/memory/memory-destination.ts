import { DestinationError, systemClock } from '@holdfast/contracts';
import type { Clock, Destination, ObjectInfo } from '@holdfast/contracts';

import { assertByteRange, resolveByteRange } from '../internal/byte-range.ts';
import { callGate } from '../internal/call-gate.ts';
import { assertObjectName } from '../internal/object-name.ts';

/** An object as it lies in memory. */
export interface MemoryObject {
  /** Its bytes, owned by the map. A test may change them to play a storage that damages data. */
  readonly bytes: Uint8Array;
  /** When it was written, in milliseconds since 1970. */
  readonly modified: number;
}

/** Options of {@link memoryDestination}. */
export interface MemoryDestinationOptions {
  /**
   * Where the objects are kept, by name. Destinations that share a map are two connections to one storage, and a map
   * that outlives its destination is a storage that is opened again.
   *
   * @defaultValue a new, empty map
   */
  readonly objects?: Map<string, MemoryObject> | undefined;
  /** What stamps {@link @holdfast/contracts!ObjectInfo.modified | modified}. @defaultValue the clock of the machine */
  readonly clock?: Clock | undefined;
}

/**
 * Keeps objects in memory, for tests and for trying things out. Nothing survives the process.
 *
 * It keeps every promise of {@link @holdfast/contracts!Destination | Destination}, `ifAbsent` is atomic, and bytes are
 * copied on the way in and on the way out.
 *
 * @example Opening the same storage twice
 * ```ts
 * import { memoryDestination } from '@holdfast/destinations/memory';
 * import type { MemoryObject } from '@holdfast/destinations/memory';
 *
 * const objects = new Map<string, MemoryObject>();
 * const first = memoryDestination({ objects });
 * await first.put('config', Uint8Array.of(1, 2, 3));
 * await first[Symbol.asyncDispose]();
 *
 * const second = memoryDestination({ objects });
 * console.log(await second.get('config')); // Uint8Array(3) [ 1, 2, 3 ]
 * ```
 */
export function memoryDestination(options: MemoryDestinationOptions = {}): Destination {
  const { objects = new Map<string, MemoryObject>(), clock = systemClock } = options;
  const title = 'memory';
  const gate = callGate(title);

  function find(name: string): MemoryObject {
    const object = objects.get(name);
    if (object === undefined) throw new DestinationError('ERR_OBJECT_NOT_FOUND', { name });
    return object;
  }

  async function* infos(prefix: string, signal: AbortSignal | undefined): AsyncGenerator<ObjectInfo, void, void> {
    await turn(signal);
    // The names of now: a caller who writes while listing would otherwise never see the end.
    for (const [name, { bytes, modified }] of Array.from(objects)) {
      signal?.throwIfAborted();
      if (name.startsWith(prefix) && objects.has(name)) yield { name, size: bytes.byteLength, modified };
    }
  }

  return {
    title,
    capabilities: { conditionalPut: 'atomic', clock: 'store' },

    put: (name, bytes, { ifAbsent = false, signal } = {}) =>
      gate.run(async () => {
        assertObjectName(name);
        await turn(signal);
        if (ifAbsent && objects.has(name)) throw new DestinationError('ERR_OBJECT_EXISTS', { name });
        objects.set(name, { bytes: new Uint8Array(bytes), modified: clock.now() });
      }),

    get: (name, { range, signal } = {}) =>
      gate.run(async () => {
        assertObjectName(name);
        assertByteRange(range);
        await turn(signal);
        const { bytes } = find(name);
        const { offset, length } = resolveByteRange(range, name, bytes.byteLength);
        return bytes.slice(offset, offset + length);
      }),

    stat: (name, { signal } = {}) =>
      gate.run(async () => {
        assertObjectName(name);
        await turn(signal);
        const { bytes, modified } = find(name);
        return { name, size: bytes.byteLength, modified };
      }),

    list: (prefix, { signal } = {}) => gate.iterate(() => infos(prefix, signal)),

    delete: (name, { signal } = {}) =>
      gate.run(async () => {
        assertObjectName(name);
        await turn(signal);
        objects.delete(name);
      }),

    [Symbol.asyncDispose]: () => gate.close(),
  };
}

/** Lets other work run, as a real storage would, so that an abort right after the call is in time. */
async function turn(signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  await Promise.resolve();
  signal?.throwIfAborted();
}
