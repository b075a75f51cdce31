import type { Destination } from '@holdfast/contracts';
import type { HoldfastAnswer } from './holdfast.ts';

/** Puts a counter before a destination: every call is one request, a listing one for each thousand objects begun. */
export function countRequests(inner: Destination): { readonly destination: Destination; count(): HoldfastAnswer } {
  let requests = 0;
  let bytesRead = 0;
  const destination: Destination = {
    title: inner.title,
    capabilities: inner.capabilities,
    put(...args) {
      requests += 1;
      return inner.put(...args);
    },
    async get(...args) {
      requests += 1;
      const bytes = await inner.get(...args);
      bytesRead += bytes.length;
      return bytes;
    },
    fileOf:
      inner.fileOf &&
      (async (name, ranges, options) => {
        requests += ranges.length;
        for (const { length } of ranges) bytesRead += length;
        return inner.fileOf?.(name, ranges, options);
      }),
    stat(...args) {
      requests += 1;
      return inner.stat(...args);
    },
    async *list(...args) {
      let listed = 0;
      for await (const info of inner.list(...args)) {
        if (listed % 1000 === 0) requests += 1;
        listed += 1;
        yield info;
      }
      if (listed === 0) requests += 1;
    },
    delete(...args) {
      requests += 1;
      return inner.delete(...args);
    },
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  };
  return { destination, count: () => ({ requests, bytesRead }) };
}
