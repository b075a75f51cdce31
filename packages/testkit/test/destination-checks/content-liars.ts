import { setTimeout as wait } from 'node:timers/promises';

import { DestinationError } from '@holdfast/contracts';

import {
  changingGet,
  changingList,
  changingPut,
  changingStat,
  readingInto,
  withCapabilities,
  withoutConditionalPut,
} from './liar.ts';
import type { Liar } from './liar.ts';

/** Break what is promised about bytes, ranges, missing objects and replacement. */
export const contentLiars: Readonly<Record<string, readonly Liar[]>> = {
  'gives back an empty object': [
    changingGet((bytes) => (bytes.byteLength === 0 ? Uint8Array.of(0) : bytes)),
    (good) => ({
      ...good,
      put: async (name, bytes, options) => {
        if (bytes.byteLength > 0) await good.put(name, bytes, options);
      },
    }),
  ],
  'gives back an object of one byte': [changingGet((bytes) => (bytes.byteLength === 1 ? Uint8Array.of(0xee) : bytes))],
  'gives back an object of the size of a pack': [
    changingPut((bytes) => bytes.subarray(0, 1 << 20)),
    changingPut((bytes) => (bytes.byteLength > 1 << 20 ? bytes.with(1 << 20, 0xee ^ (bytes[1 << 20] ?? 0)) : bytes)),
  ],
  'stores a view of a larger buffer as what the view shows': [changingPut((bytes) => new Uint8Array(bytes.buffer))],
  'keeps its bytes when the caller changes the buffer after the put': [
    (good, objects) => ({
      ...good,
      put: async (name, bytes, options) => {
        await good.put(name, bytes, options);
        objects.set(name, { bytes, modified: 1 });
      },
    }),
  ],
  'hands out bytes that are the own of whoever reads': [
    readingInto(() => new Uint8Array(1 << 17)),
    // One buffer for whole objects only, one for parts only.
    readingInto((range) => (range === undefined ? new Uint8Array(1 << 17) : undefined)),
    readingInto((range) => (range === undefined ? undefined : new Uint8Array(1 << 17))),
    (good, objects) => ({
      ...good,
      // Gives what it keeps instead of a copy.
      get: async (name, options) => {
        const bytes = await good.get(name, options);
        return options?.range === undefined ? (objects.get(name)?.bytes ?? bytes) : bytes;
      },
    }),
    (good) => {
      const underway = new Map<string, Promise<Uint8Array>>();
      return {
        ...good,
        // Gives the same bytes to all who ask at the same time.
        get: async (name, options) => {
          const key = JSON.stringify([name, options?.range]);
          const bytes = underway.get(key) ?? good.get(name, options).finally(() => underway.delete(key));
          underway.set(key, bytes);
          return bytes;
        },
      };
    },
  ],
  'tells the size of an object without reading it': [
    changingStat((info) => ({ ...info, size: info.size + 1 })),
    changingStat((info) => ({ ...info, name: info.name.split('/').at(-1) ?? '' })),
  ],
  'tells when an object was written': [
    changingStat(({ name, size }) => ({ name, size })),
    changingStat((info) => ({ ...info, modified: info.name.endsWith('second') ? 1000 : 1_000_000 })),
  ],
  'describes itself': [
    (good) => ({ ...good, title: '' }),
    (good) => ({ ...good, capabilities: { ...good.capabilities, conditionalPut: true } as never }),
  ],

  'reads random ranges exactly': [
    (good) => ({
      ...good,
      get: async (name, options) => {
        const bytes = await good.get(name, options);
        return options?.range === undefined ? bytes : bytes.subarray(0, 65_536);
      },
    }),
    (good) => ({
      ...good,
      get: async (name, options = {}) => {
        const { range } = options;
        if (range === undefined || range.offset === 0) return good.get(name, options);
        return good.get(name, { ...options, range: { ...range, offset: range.offset - 1 } });
      },
    }),
  ],
  'reads a range of no bytes': [
    (good) => ({
      ...good,
      // What an HTTP driver does that sends "bytes=10-9".
      get: (name, options) => good.get(name, options?.range?.length === 0 ? {} : options),
    }),
  ],
  'refuses a range that reaches past the end': [
    (good) => ({
      ...good,
      get: async (name, options = {}) => {
        const { range } = options;
        if (range === undefined) return good.get(name, options);
        const { size } = await good.stat(name);
        if (range.offset >= size) return good.get(name, options);
        return good.get(name, { range: { ...range, length: Math.min(range.length, size - range.offset) } });
      },
    }),
  ],
  'refuses a range that starts at the end or after it': [
    (good) => ({
      ...good,
      get: async (name, options = {}) => {
        const { size } = await good.stat(name);
        return (options.range?.offset ?? -1) >= size ? new Uint8Array() : good.get(name, options);
      },
    }),
  ],

  'tells of a file only where that holds the object': [
    (good) => ({ ...good, fileOf: () => Promise.resolve(import.meta.filename) }),
    (good) => ({ ...good, fileOf: (name) => Promise.resolve(`${import.meta.dirname}/${name}`) }),
  ],

  'says so when a missing object is read': [
    (good) => ({ ...good, get: (name, options) => good.get(name, options).catch(() => new Uint8Array()) }),
    (good) => ({
      ...good,
      get: (name, options) => good.get(name, options).catch(() => Promise.reject(new Error('404'))),
    }),
  ],
  'says so when the size of a missing object is asked for': [
    (good) => ({ ...good, stat: (name, options) => good.stat(name, options).catch(() => ({ name, size: 0 })) }),
    (good) => ({
      ...good,
      // Takes the first of a listing by prefix for the object.
      stat: async (name, options) => {
        for await (const info of good.list(name, options)) return info;
        return good.stat(name, options);
      },
    }),
  ],
  'lists nothing where there is nothing': [
    changingList(async function* (infos, prefix) {
      let empty = true;
      for await (const info of infos) {
        empty = false;
        yield info;
      }
      if (empty) throw new DestinationError('ERR_OBJECT_NOT_FOUND', { name: prefix });
    }),
  ],
  'takes the deletion of a missing object for success': [
    (good) => ({
      ...good,
      delete: async (name, options) => {
        await good.stat(name);
        await good.delete(name, options);
      },
    }),
  ],
  'does not show a deleted object any more': [(good) => ({ ...good, delete: () => Promise.resolve() })],

  'replaces an object that is put again': [
    (good) => ({
      ...good,
      put: async (name, bytes, options) => {
        await good.put(name, bytes, { ...options, ifAbsent: true }).catch((error: unknown) => {
          if (options?.ifAbsent || !DestinationError.is(error, 'ERR_OBJECT_EXISTS')) throw error;
        });
      },
    }),
    (good, objects) => ({
      ...good,
      // Writes over the old bytes without cutting off the rest.
      put: (name, bytes, options) => {
        const rest = objects.get(name)?.bytes.subarray(bytes.byteLength) ?? new Uint8Array();
        return good.put(name, new Uint8Array([...bytes, ...rest]), options);
      },
    }),
  ],
  'stores with ifAbsent what is not there': [
    (good) => ({
      ...good,
      put: (name, bytes, options) =>
        options?.ifAbsent
          ? Promise.reject(new DestinationError('ERR_OBJECT_EXISTS', { name }))
          : good.put(name, bytes, options),
    }),
  ],
  'refuses with ifAbsent to replace what is there': [
    (good) => ({ ...good, put: (name, bytes, options) => good.put(name, bytes, { signal: options?.signal }) }),
    (good, objects) => ({
      ...good,
      // A repeated upload of the same bytes looks like success.
      put: async (name, bytes, options) => {
        if (objects.has(name) && Buffer.compare(bytes, await good.get(name)) === 0) return;
        await good.put(name, bytes, options);
      },
    }),
  ],
  'lets exactly one of several writers win with ifAbsent': [
    (good, objects) => ({
      ...good,
      put: async (name, bytes, options = {}) => {
        if (options.ifAbsent && objects.has(name)) throw new DestinationError('ERR_OBJECT_EXISTS', { name });
        await wait(1);
        await good.put(name, bytes, { signal: options.signal });
      },
    }),
    (good) => ({
      ...good,
      // The first who asks is told that it won, but the bytes are those of the last.
      put: async (name, bytes, options = {}) => {
        try {
          await good.put(name, bytes, options);
        } catch (error) {
          if (DestinationError.is(error, 'ERR_OBJECT_EXISTS')) await good.put(name, bytes);
          throw error;
        }
      },
    }),
  ],
  'refuses ifAbsent with a TypeError where it has no way to keep it': [
    withCapabilities({ conditionalPut: 'none' }),
    (good) => ({
      ...withoutConditionalPut(good, new Map()),
      put: async (name, bytes, options) => {
        await good.put(name, bytes);
        if (options?.ifAbsent) throw new TypeError('ifAbsent is not supported');
      },
    }),
  ],
};
