import type { Destination } from '@holdfast/contracts';

import { assert, assertBytes, assertReason, assertResolves, collect, isNotFound } from './assertions.ts';
import type { DestinationCheck, DestinationCheckContext } from './destination-check.ts';

type Method = 'put' | 'get' | 'stat' | 'list' | 'delete';

const METHODS: readonly Method[] = ['put', 'get', 'stat', 'list', 'delete'];
const OLD = Uint8Array.of(1, 2, 3);
const NEW = Uint8Array.of(4, 5, 6, 7);

/** An abort rejects with the reason itself, and nothing is written after it. */
export const abortChecks: readonly DestinationCheck[] = [
  ...METHODS.map(abortedBefore),
  ...METHODS.map(abortedAtOnce),
  {
    name: 'ends a listing with the reason when it is aborted between two objects',
    async run({ destination, name, prefix, settle }) {
      for (let index = 0; index < 10; index += 1) await destination.put(name(`object-${index}`), OLD);
      await settle();
      const controller = new AbortController();
      const reason = new Error('the listing is not needed any more');
      const listing = (async () => {
        for await (const info of destination.list(prefix, { signal: controller.signal })) {
          assert(!controller.signal.aborted, `${info.name} is listed after the abort`);
          controller.abort(reason);
        }
      })();
      await assertReason(listing, reason, 'a listing aborted after its first object');
    },
  },
  {
    name: 'leaves nothing or the whole object when a put is aborted half-way',
    async run(context) {
      for (const turns of [1, 2, 4, 8, 16, 64]) await abortHalfWay(context, `object-${turns}`, turns);
    },
  },
];

function abortedBefore(method: Method): DestinationCheck {
  return {
    name: `changes nothing when ${method} starts with an aborted signal`,
    async run(context) {
      const { destination, name, settle } = context;
      await destination.put(name('object'), OLD);
      await settle();
      // A reason that is no error: whoever wraps it or looks into it is found out.
      const reason = { because: 'aborted before' };
      await assertReason(call(context, method, AbortSignal.abort(reason)), reason, `${method}, aborted before`);
      await moment(context);
      assertBytes(await assertResolves(destination.get(name('object')), 'the object'), OLD, 'the object');
    },
  };
}

function abortedAtOnce(method: Method): DestinationCheck {
  return {
    name: `rejects with the reason when ${method} is aborted right after the call`,
    async run(context) {
      const { destination, name, settle } = context;
      await destination.put(name('object'), OLD);
      await settle();
      const controller = new AbortController();
      const reason = new Error('changed my mind');
      const running = call(context, method, controller.signal);
      controller.abort(reason);
      await assertReason(running, reason, `${method}, aborted right after the call`);
    },
  };
}

function call(
  { destination, name, prefix }: DestinationCheckContext,
  method: Method,
  signal: AbortSignal,
): Promise<unknown> {
  switch (method) {
    case 'put':
      return destination.put(name('object'), NEW, { signal });
    case 'get':
      return destination.get(name('object'), { signal });
    case 'stat':
      return destination.stat(name('object'), { signal });
    case 'list':
      return collect(destination.list(prefix, { signal }));
    case 'delete':
      return destination.delete(name('object'), { signal });
  }
}

async function abortHalfWay(context: DestinationCheckContext, rest: string, turns: number): Promise<void> {
  const { destination, name, options, randomness } = context;
  const { maxObjectSize = Infinity } = destination.capabilities;
  const bytes = randomness.bytes(Math.min(options.largeObjectBytes, maxObjectSize));
  const controller = new AbortController();
  const reason = new Error('changed my mind half-way');
  const put = destination.put(name(rest), bytes, { signal: controller.signal }).then(
    () => true,
    (error: unknown) => {
      assert(error === reason, 'an aborted put rejected with something else than the reason itself');
      return false;
    },
  );
  // Awaited below; if it fails before that, the failure must not count as unhandled.
  put.catch(() => {});
  for (let turn = 0; turn < turns; turn += 1) await options.clock.sleep(0);
  controller.abort(reason);
  const written = await put;
  const before = await find(destination, name(rest));
  await moment(context);
  const after = await find(destination, name(rest));
  if (written) assert(after !== undefined, 'a put resolved in spite of an abort, and the object is not there');
  if (before === undefined && !written)
    assert(after === undefined, 'an aborted put went on writing after it had rejected');
  if (after !== undefined) assertBytes(after, bytes, 'the object of an aborted put');
}

/** Long enough for a write that goes on behind the back of its caller to show itself. */
async function moment({ options, settle }: DestinationCheckContext): Promise<void> {
  await options.clock.sleep(20);
  await settle();
}

async function find(destination: Destination, name: string): Promise<Uint8Array | undefined> {
  return destination.get(name).catch((error: unknown) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });
}
