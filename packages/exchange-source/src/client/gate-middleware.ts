import type { Context, Middleware } from '@microsoft/microsoft-graph-client';

import { callOf } from './call.ts';
import type { LimitGate } from './limit-gate.ts';

/** Makes the part of the chain that holds each attempt back at the gate, until its answer is read to the end. */
export function gateMiddleware(gate: LimitGate): Middleware {
  let next: Middleware | undefined;
  return {
    setNext: (middleware) => {
      next = middleware;
    },
    execute: async (context: Context): Promise<void> => {
      const { weight = 1, signal } = callOf(context).request;
      const leave = await gate.enter(weight, { signal });
      try {
        await next?.execute(context);
      } finally {
        leave();
      }
    },
  };
}
