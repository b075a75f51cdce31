import { DestinationError } from '@holdfast/contracts';
import type { Clock, Destination } from '@holdfast/contracts';
import type { DestinationLag } from './destination-faults.ts';

/** An object that was put and is not visible yet. */
interface Unseen {
  readonly dueTime: number;
  readonly dueCall: number;
  readonly kinds: readonly ('get' | 'list' | 'stat')[];
  /** What is seen instead. */
  readonly old: Uint8Array | undefined;
}

/** What a read sees of an object: as it is, or as it was before the last put. */
export type Sight = { readonly old: Uint8Array | undefined } | 'as it is';

/** Keeps account of which objects are visible already. */
export interface Visibility {
  /** Remembers what is there before a put, to be hidden by {@link Visibility.hide}. */
  before(inner: Destination, name: string, call: number): Promise<Uint8Array | undefined>;
  /**
   * Hides an object that is being put or was just put, from this moment and this call on; the function returned makes it
   * as visible as it was, if the put came to nothing.
   */
  hide(name: string, lag: DestinationLag, call: number, old: Uint8Array | undefined): () => void;
  /** Ends the hiding of an object. */
  forget(name: string): void;
  /** Tells what a call sees of an object. */
  sight(kind: 'get' | 'list' | 'stat', name: string, call: number): Sight;
}

/** Makes the account; time is that of the clock. */
export function visibility(clock: Clock): Visibility {
  const unseen = new Map<string, Unseen>();

  function find(name: string, call: number): Unseen | undefined {
    const found = unseen.get(name);
    if (found === undefined || clock.now() < found.dueTime || call <= found.dueCall) return found;
    unseen.delete(name);
    return undefined;
  }

  return {
    async before(inner, name, call) {
      const hidden = find(name, call);
      if (hidden !== undefined) return hidden.old;
      return inner.get(name).catch((error: unknown) => {
        if (DestinationError.is(error, 'ERR_OBJECT_NOT_FOUND')) return undefined;
        throw error;
      });
    },
    hide(name, { milliseconds = 0, calls = 0, kinds = ['get', 'list', 'stat'] }, call, old) {
      const before = unseen.get(name);
      unseen.set(name, { dueTime: clock.now() + milliseconds, dueCall: call + calls, kinds, old });
      return () => void (before === undefined ? unseen.delete(name) : unseen.set(name, before));
    },
    forget(name) {
      unseen.delete(name);
    },
    sight(kind, name, call) {
      const found = find(name, call);
      return found?.kinds.includes(kind) === true ? found : 'as it is';
    },
  };
}
