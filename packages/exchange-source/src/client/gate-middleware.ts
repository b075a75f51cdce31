import type { Context, Middleware } from '@microsoft/microsoft-graph-client';

import { callOf } from './call.ts';
import type { Call } from './call.ts';
import type { LimitGate, RequestSize } from './limit-gate.ts';

/**
 * Makes the part of the chain that holds each attempt back at the gate, until its answer is read to the end. Waits
 * between attempts are no business of it: nobody keeps a place while waiting.
 */
export function gateMiddleware(gate: LimitGate): Middleware {
  let next: Middleware | undefined;
  return {
    setNext: (middleware) => {
      next = middleware;
    },
    execute: async (context: Context): Promise<void> => {
      const call = callOf(context);
      const turn = await gate.enter(sizeOf(call), { signal: call.request.signal });
      call.era = turn.era;
      try {
        await next?.execute(context);
      } finally {
        const { response } = call;
        const usedShare = response?.headers.get('x-ms-throttle-limit-percentage') ?? undefined;
        if (usedShare !== undefined) gate.slowDown(Number(usedShare));
        turn.leave(isServed(call) ? 'served' : 'not-served');
      }
    },
  };
}

/** A batch is an envelope: only what is in it writes, and ours holds reading requests. */
function sizeOf({ request, body }: Call): RequestSize {
  const { method, weight } = request;
  const writes = method !== 'GET' && weight === undefined;
  return { weight, uploadBytes: writes ? body?.length : 0 };
}

function isServed({ response }: Call): boolean {
  return response !== undefined && !response.cut && response.status !== 429 && response.status < 500;
}
