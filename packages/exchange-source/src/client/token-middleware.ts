import type { Context, Middleware } from '@microsoft/microsoft-graph-client';

import { callOf, urlOf } from './call.ts';
import type { TokenSource } from './token-source.ts';

/**
 * Makes the part of the chain that gives every attempt a token of its own: one that was good at the first attempt may
 * have run out during a wait. The token goes to the given origin and to nothing else, whatever the address says.
 */
export function tokenMiddleware(tokens: TokenSource, graphOrigin: string): Middleware {
  let next: Middleware | undefined;
  return {
    setNext: (middleware) => {
      next = middleware;
    },
    execute: async (context: Context): Promise<void> => {
      const call = callOf(context);
      const { authorize = true, signal } = call.request;
      const entitled = authorize && new URL(urlOf(call)).origin === graphOrigin;
      call.token = entitled ? await tokens.get({ signal }) : undefined;
      signal?.throwIfAborted();
      await next?.execute(context);
    },
  };
}
