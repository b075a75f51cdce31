import { setTimeout as wait } from 'node:timers/promises';

import type { ObjectInfo } from '@holdfast/contracts';
import { memoryDestination } from '@holdfast/destinations/memory';

import { hostileNames } from '../../src/index.ts';
import { accepting, changingList, halfFirst, refusing, withTemporaryObject, without, wrappingReasons } from './liar.ts';
import type { Liar } from './liar.ts';

/** Break what is promised about listings, aborts, calls at the same time, names and closing. */
export const callLiars: Readonly<Record<string, readonly Liar[]>> = {
  'lists every object once, with its size': [
    changingList(async function* (infos) {
      for await (const info of infos) yield* [info, info];
    }),
    changingList(async function* (infos) {
      for await (const info of infos) yield { ...info, size: 0 };
    }),
    changingList(async function* (infos, prefix) {
      // Looks into one level of folders only.
      for await (const info of infos) if (info.name.slice(prefix.length).split('/').length < 3) yield info;
    }),
  ],
  'lists by a prefix that ends within a segment': [
    (good) => ({ ...good, list: (prefix, options) => good.list(prefix.replace(/[^/]$/, '$&/'), options) }),
    (good) => ({ ...good, list: (prefix, options) => good.list(prefix.replace(/[^/]*$/, ''), options) }),
  ],
  'lists more than one page': [
    changingList(async function* (infos) {
      let left = 1000;
      for await (const info of infos) if (left-- > 0) yield info;
    }),
  ],
  'lets a listing be left early': [
    (good) => {
      let busy = false;
      return {
        ...good,
        async *list(prefix, options) {
          if (busy) throw new Error('another listing is under way');
          busy = true;
          for await (const info of good.list(prefix, options)) yield info;
          busy = false; // not reached when the loop is left
        },
      };
    },
  ],
  'goes on listing while objects are deleted': [
    (good) => ({
      ...good,
      async *list(prefix, options) {
        const names: string[] = [];
        for await (const { name } of good.list(prefix, options)) names.push(name);
        for (const name of names) yield good.stat(name);
      },
    }),
    (good) => ({
      ...good,
      // Counts pages by position, which moves when something before it is deleted.
      async *list(prefix, options) {
        for (let position = 0; ; position += 1) {
          const infos: ObjectInfo[] = [];
          for await (const info of good.list(prefix, options)) infos.push(info);
          const info = infos[position];
          if (info === undefined) return;
          yield info;
        }
      },
    }),
  ],
  'never lists an object that is half written': [halfFirst, withTemporaryObject],

  'changes nothing when put starts with an aborted signal': [wrappingReasons, without('put')],
  'changes nothing when get starts with an aborted signal': [wrappingReasons, without('get')],
  'changes nothing when stat starts with an aborted signal': [wrappingReasons, without('stat')],
  'changes nothing when list starts with an aborted signal': [wrappingReasons, without('list')],
  'changes nothing when delete starts with an aborted signal': [
    wrappingReasons,
    without('delete'),
    (good) => ({
      ...good,
      // Rejects as it should, after it has deleted.
      delete: async (name, { signal } = {}) => {
        await good.delete(name);
        signal?.throwIfAborted();
      },
    }),
  ],
  'rejects with the reason when put is aborted right after the call': [wrappingReasons, without('put')],
  'rejects with the reason when get is aborted right after the call': [wrappingReasons, without('get')],
  'rejects with the reason when stat is aborted right after the call': [wrappingReasons, without('stat')],
  'rejects with the reason when list is aborted right after the call': [wrappingReasons, without('list')],
  'rejects with the reason when delete is aborted right after the call': [wrappingReasons, without('delete')],
  'ends a listing with the reason when it is aborted between two objects': [
    wrappingReasons,
    without('list'),
    (good) => ({
      ...good,
      // Takes the abort for the end of the listing: the rest looks as if it were not there.
      async *list(prefix, { signal } = {}) {
        for await (const info of good.list(prefix)) {
          if (signal?.aborted) return;
          yield info;
        }
      },
    }),
  ],
  'leaves nothing or the whole object when a put is aborted half-way': [
    (good) => ({
      ...good,
      put: async (name, bytes, { signal } = {}) => {
        await good.put(name, bytes.subarray(0, bytes.byteLength >> 1));
        await wait(30);
        signal?.throwIfAborted();
        await good.put(name, bytes);
      },
    }),
    (good) => ({
      ...good,
      // Rejects at once and goes on behind the back of the caller.
      put: async (name, bytes, { signal } = {}) => {
        const late = wait(10).then(() => good.put(name, bytes));
        const aborted = new Promise<never>((_, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason));
        });
        await Promise.race([late, aborted]);
      },
    }),
  ],

  'gives readers the whole old or the whole new bytes while an object is replaced': [
    halfFirst,
    (good) => ({
      ...good,
      put: async (name, bytes, options) => {
        await good.delete(name);
        await wait(2);
        await good.put(name, bytes, options);
      },
    }),
  ],
  'serves many calls at the same time': [
    (good) => {
      const shared: { bytes: Uint8Array } = { bytes: new Uint8Array() };
      return {
        ...good,
        get: async (name, options) => {
          shared.bytes = await good.get(name, options);
          await wait(1);
          return shared.bytes;
        },
      };
    },
    (good) => {
      let busy = false;
      return {
        ...good,
        put: async (name, bytes, options) => {
          if (busy) throw new Error('a task is running already');
          busy = true;
          await wait(1);
          await good.put(name, bytes, options).finally(() => {
            busy = false;
          });
        },
      };
    },
  ],

  'takes every name of the contract': [
    refusing((name) => name.split('/').some((segment) => segment.length > 64)),
    refusing((name) => name.split('/').length > 7),
    refusing((name) => name.includes('/con')),
  ],
  'refuses every other name before the storage is touched': hostileNames.map(({ name: make }) => accepting(make)),
  'lists nothing for a prefix that no name can have': [
    (good) => ({
      ...good,
      list: (prefix, options) => good.list(prefix.replace(/^\.?\//, '').replaceAll(/[^/]+\/\.\.\//g, ''), options),
    }),
    (good) => ({ ...good, list: (prefix, options) => good.list(prefix.toLowerCase(), options) }),
    (good) => ({ ...good, list: (prefix, options) => good.list(prefix.replace(/[*\0\\].*$/, ''), options) }),
  ],

  'shows everything to whoever opens it again': [
    (good) => {
      // Keeps what is written to itself, as a cache would that is never flushed.
      const own = memoryDestination();
      return { ...own, capabilities: good.capabilities };
    },
  ],
  'throws after it was closed': [(good) => ({ ...good, [Symbol.asyncDispose]: () => Promise.resolve() })],
  'finishes the calls under way when it is closed': [
    (good) => {
      const closed = new AbortController();
      return {
        ...good,
        put: async (name, bytes, options) => {
          await wait(5);
          closed.signal.throwIfAborted();
          await good.put(name, bytes, options);
        },
        [Symbol.asyncDispose]: async () => closed.abort(),
      };
    },
  ],
};
