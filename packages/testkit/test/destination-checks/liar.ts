import { setTimeout as wait } from 'node:timers/promises';

import { DestinationError } from '@holdfast/contracts';
import type { ByteRange, Destination, DestinationCapabilities, ObjectInfo } from '@holdfast/contracts';
import type { MemoryObject } from '@holdfast/destinations/memory';

/** Objects of the storage a liar stands in front of; each liar gets a storage of its own. */
export type Objects = Map<string, MemoryObject>;

/** Makes a destination that breaks one promise and keeps the others. */
export type Liar = (good: Destination, objects: Objects) => Destination;

/** A good destination without conditional put: refuses the option, as the contract says. */
export const withoutConditionalPut: Liar = (good) => ({
  ...good,
  capabilities: { ...good.capabilities, conditionalPut: 'none' },
  put: (name, bytes, options) =>
    options?.ifAbsent ? Promise.reject(new TypeError('ifAbsent is not supported')) : good.put(name, bytes, options),
});

export function changingGet(change: (bytes: Uint8Array) => Uint8Array): Liar {
  return (good) => ({ ...good, get: async (name, options) => change(await good.get(name, options)) });
}

/** Reads into buffers that it uses again; `make` makes the first one for a call, or says that this call may have its own. */
export function readingInto(make: (range: ByteRange | undefined) => Uint8Array | undefined): Liar {
  return (good) => {
    let shared: Uint8Array | undefined;
    return {
      ...good,
      get: async (name, options) => {
        const bytes = await good.get(name, options);
        const fresh = make(options?.range);
        if (fresh === undefined) return bytes;
        if (shared === undefined || shared.byteLength === 0) shared = fresh;
        shared.set(bytes.subarray(0, shared.byteLength));
        return bytes.byteLength > shared.byteLength ? bytes : shared.subarray(0, bytes.byteLength);
      },
    };
  };
}

export function changingPut(change: (bytes: Uint8Array) => Uint8Array): Liar {
  return (good) => ({ ...good, put: (name, bytes, options) => good.put(name, change(bytes), options) });
}

export function changingStat(change: (info: ObjectInfo) => ObjectInfo): Liar {
  return (good) => ({ ...good, stat: async (name, options) => change(await good.stat(name, options)) });
}

export function changingList(
  change: (infos: AsyncIterable<ObjectInfo>, prefix: string) => AsyncIterable<ObjectInfo>,
): Liar {
  return (good) => ({ ...good, list: (prefix, options) => change(good.list(prefix, options), prefix) });
}

export function withCapabilities(capabilities: Partial<DestinationCapabilities>): Liar {
  return (good) => ({ ...good, capabilities: { ...good.capabilities, ...capabilities } });
}

/** Makes the first half visible before the whole. */
export function halfFirst(good: Destination): Destination {
  return {
    ...good,
    put: async (name, bytes, options) => {
      await good.put(name, bytes.subarray(0, bytes.byteLength >> 1), options);
      await wait(3);
      await good.put(name, bytes, { signal: options?.signal });
    },
  };
}

/** Shows its temporary object to everybody. */
export function withTemporaryObject(good: Destination): Destination {
  return {
    ...good,
    put: async (name, bytes, options) => {
      await good.put(`${name}-temporary`, bytes, options);
      await wait(3);
      await good.put(name, bytes, options);
      await good.delete(`${name}-temporary`);
    },
  };
}

/** Takes no notice of the signal in one method. */
export function without(method: 'put' | 'get' | 'stat' | 'list' | 'delete'): Liar {
  return (good) => {
    const deaf: Pick<Destination, typeof method> = {
      put: (name, bytes, options) => good.put(name, bytes, { ...options, signal: undefined }),
      get: (name, options) => good.get(name, { ...options, signal: undefined }),
      stat: (name) => good.stat(name),
      list: (prefix) => good.list(prefix),
      delete: (name) => good.delete(name),
    };
    return { ...good, [method]: deaf[method] };
  };
}

/** Rejects with an error of its own around the reason, as `fetch` and many SDKs do. */
export function wrappingReasons(good: Destination): Destination {
  const wrap = async <T>(call: Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
    try {
      return await call;
    } catch (error) {
      if (!signal?.aborted) throw error;
      throw new DOMException('This operation was aborted', { name: 'AbortError', cause: error });
    }
  };
  return {
    ...good,
    put: (name, bytes, options) => wrap(good.put(name, bytes, options), options?.signal),
    get: (name, options) => wrap(good.get(name, options), options?.signal),
    stat: (name, options) => wrap(good.stat(name, options), options?.signal),
    delete: (name, options) => wrap(good.delete(name, options), options?.signal),
    async *list(prefix, options) {
      const iterator = good.list(prefix, options)[Symbol.asyncIterator]();
      while (true) {
        const step = await wrap(iterator.next(), options?.signal);
        if (step.done) return;
        yield step.value;
      }
    },
  };
}

export function refusing(isRefused: (name: string) => boolean): Liar {
  return (good) => ({
    ...good,
    put: (name, bytes, options) =>
      isRefused(name)
        ? Promise.reject(new DestinationError('ERR_NAME_INVALID', { name }))
        : good.put(name, bytes, options),
  });
}

/** Takes one hostile name for a harmless one. */
export function accepting(make: (prefix: string) => string): Liar {
  const tame = (name: string): string => {
    const prefix = /holdfast-check-[0-9a-f]+\//.exec(name)?.[0] ?? '';
    return name === make(prefix) ? `${prefix}tamed` : name;
  };
  return (good) => ({
    ...good,
    put: (name, bytes, options) => good.put(tame(name), bytes, options),
    get: (name, options) => good.get(tame(name), options),
    stat: (name, options) => good.stat(tame(name), options),
    delete: (name, options) => good.delete(tame(name), options),
  });
}
