import type { RequestKind } from './request-log.ts';

/** A request that is about to be answered. */
export interface RequestNotice {
  /** Number of the request since the simulator was started, from 1; requests inside a batch have numbers of their own. */
  readonly number: number;
  /** What it is for. */
  readonly kind: RequestKind;
  /** The method. */
  readonly method: string;
  /** Path and query below the host, without the token of an upload address. */
  readonly path: string;
}

/** Told of requests before they act. */
export type RequestListener = (notice: RequestNotice) => Promise<void> | void;

/** Tells listeners of requests. */
export interface RequestNotices {
  /** Adds a listener; the result takes it away again. */
  listen(listener: RequestListener): () => void;
  /** Tells all listeners, one after the other, and waits for each. */
  tell(request: { readonly kind: RequestKind; readonly method: string; readonly url: URL }): Promise<void>;
}

/** Makes {@link RequestNotices} without listeners. */
export function createRequestNotices(): RequestNotices {
  const listeners = new Set<RequestListener>();
  let count = 0;
  return {
    listen(listener) {
      // Two listeners may be the same function.
      const own: RequestListener = (notice) => listener(notice);
      listeners.add(own);
      return () => {
        listeners.delete(own);
      };
    },
    async tell({ kind, method, url }) {
      const number = ++count;
      if (listeners.size === 0) return;
      const path = url.pathname + url.search.replace(/([?&]authtoken=)[^&]*/, '$1');
      for (const listener of listeners) await listener({ number, kind, method, path });
    },
  };
}
