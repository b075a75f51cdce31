import { assert, assertBytes, assertNames, assertResolves, collect } from './assertions.ts';
import type { DestinationCheck } from './destination-check.ts';

/** Opening again shows the same, and after closing there is nothing more. */
export const lifecycleChecks: readonly DestinationCheck[] = [
  {
    name: 'shows everything to whoever opens it again',
    requires: { secondConnection: true },
    async run({ destination, name, prefix, randomness, reopen, settle }) {
      const bytes = randomness.bytes(5000);
      await destination.put(name('kept'), bytes);
      await destination.put(name('deleted'), bytes);
      await destination.delete(name('deleted'));
      await settle();
      const second = await reopen();
      await assertNames(second.list(prefix), [name('kept')], 'a list through a second connection');
      const back = await assertResolves(second.get(name('kept')), 'a get through a second connection');
      assertBytes(back, bytes, 'an object through a second connection');
      await second.delete(name('kept'));
      await settle();
      await assertNames(destination.list(prefix), [], 'a list after a deletion through the second connection');
    },
  },
  {
    name: 'throws after it was closed',
    requires: { secondConnection: true },
    async run({ destination, name, prefix, reopen, settle }) {
      const closed = await reopen();
      await closed.put(name('object'), Uint8Array.of(1));
      await settle();
      await closed[Symbol.asyncDispose]();
      const calls = {
        put: () => closed.put(name('late'), Uint8Array.of(1)),
        get: () => closed.get(name('object')),
        stat: () => closed.stat(name('object')),
        list: () => collect(closed.list(prefix)),
        delete: () => closed.delete(name('object')),
      };
      for (const [method, call] of Object.entries(calls)) {
        const threw = await call().then(
          () => false,
          () => true,
        );
        assert(threw, `${method} worked after the destination was closed`);
      }
      await settle();
      await assertNames(destination.list(prefix), [name('object')], 'a list after calls to a closed connection');
    },
  },
  {
    name: 'finishes the calls under way when it is closed',
    requires: { secondConnection: true },
    async run({ destination, name, options, randomness, reopen, settle }) {
      const { maxObjectSize = Infinity } = destination.capabilities;
      const bytes = randomness.bytes(Math.min(options.largeObjectBytes, maxObjectSize));
      const closing = await reopen();
      let finished = false;
      const put = closing.put(name('object'), bytes).finally(() => {
        finished = true;
      });
      // Handled here already: it may reject before anybody waits for it below.
      const outcome = assertResolves(put, 'a put under way at closing');
      outcome.catch(() => {});
      await closing[Symbol.asyncDispose]();
      assert(finished, 'closing did not wait for a put under way');
      await outcome;
      await settle();
      assertBytes(await destination.get(name('object')), bytes, 'an object whose put was under way at closing');
    },
  },
];
