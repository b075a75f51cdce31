import { DestinationError } from '@holdfast/contracts';
import type { Destination } from '@holdfast/contracts';

/** Keeps count of how many bytes lie in a storage. */
export interface StorageSpace {
  /**
   * Takes the room for an object; the function returned gives it back if the put came to nothing.
   *
   * @throws `ERR_STORAGE_FULL`, a {@link DestinationError}, if it does not fit.
   */
  take(inner: Destination, capacity: number, name: string, bytes: number): Promise<() => void>;
  /** Notes what became of an object that was put without a capacity (its size), or deleted (`undefined`). */
  note(name: string, bytes: number | undefined): void;
}

/** Makes a count that begins when room is first asked for. */
export function storageSpace(): StorageSpace {
  let sizes: Promise<Map<string, number>> | undefined;
  let known: Map<string, number> | undefined;

  async function measure(inner: Destination): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    for await (const { name, size } of inner.list('')) found.set(name, size);
    known = found;
    return found;
  }

  return {
    async take(inner, capacity, name, bytes) {
      sizes ??= measure(inner);
      const held = await sizes;
      // From here to the reservation nothing waits, so that two puts cannot take the same room.
      const before = held.get(name);
      const used = [...held.values()].reduce((sum, size) => sum + size, 0) - (before ?? 0);
      if (used + bytes > capacity) throw new DestinationError('ERR_STORAGE_FULL', { name });
      held.set(name, bytes);
      return () => {
        if (before === undefined) held.delete(name);
        else held.set(name, before);
      };
    },
    note(name, bytes) {
      if (bytes === undefined) known?.delete(name);
      else known?.set(name, bytes);
    },
  };
}
