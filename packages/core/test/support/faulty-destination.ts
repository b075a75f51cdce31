import type { Destination } from '@holdfast/contracts';

/** What shall go wrong with a call: nothing, or this error, before or after the call did its work. */
export type Fault = { readonly error: unknown; readonly landed?: boolean } | undefined;

/** Chooses the faults of a {@link faultyDestination}. */
export interface FaultPlan {
  /** Asked before each put. */
  put?: ((name: string) => Fault) | undefined;
  /** Asked before each get. */
  get?: ((name: string) => Fault) | undefined;
  /** Asked before each listing. */
  list?: ((prefix: string) => Fault) | undefined;
}

/** A destination whose calls fail as the plan says; the plan may change at any time. */
export function faultyDestination(inner: Destination, plan: FaultPlan): Destination {
  async function failing<T>(fault: Fault, call: () => Promise<T>): Promise<T> {
    if (fault === undefined) return call();
    if (fault.landed === true) await call();
    throw fault.error;
  }
  return {
    title: inner.title,
    capabilities: inner.capabilities,
    put: (name, bytes, options) => failing(plan.put?.(name), () => inner.put(name, bytes, options)),
    get: (name, options) => failing(plan.get?.(name), () => inner.get(name, options)),
    stat: (name, options) => inner.stat(name, options),
    delete: (name, options) => inner.delete(name, options),
    async *list(prefix, options) {
      const fault = plan.list?.(prefix);
      if (fault !== undefined) throw fault.error;
      yield* inner.list(prefix, options);
    },
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  };
}
