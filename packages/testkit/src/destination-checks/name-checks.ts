import { assertBytes, assertCode, assertNames, assertResolves } from './assertions.ts';
import type { DestinationCheck } from './destination-check.ts';
import { hostileNames } from './hostile-names.ts';

/** The names of the contract work everywhere, and no others do. */
export const nameChecks: readonly DestinationCheck[] = [
  {
    name: 'takes every name of the contract',
    async run({ destination, name, prefix, settle }) {
      const names = [
        'abcdefghijklmnopqrstuvwxyz',
        '0123456789._-',
        '-dash',
        '_underscore',
        'a.b..c',
        'x'.repeat(100),
        'one/two/three/four/five/six/seven',
        'console',
        'nul-object',
      ].map(name);
      for (const [index, object] of names.entries()) {
        await assertResolves(destination.put(object, Uint8Array.of(index)), `put of ${object}`);
      }
      await settle();
      for (const [index, object] of names.entries()) {
        const bytes = await assertResolves(destination.get(object), `get of ${object}`);
        assertBytes(bytes, Uint8Array.of(index), object);
      }
      await assertNames(destination.list(prefix), names, 'a list of unusual names');
    },
  },
  {
    name: 'refuses every other name before the storage is touched',
    async run({ destination, prefix, settle }) {
      for (const { name: make, why } of hostileNames) {
        const name = make(prefix);
        // Last the delete: a destination that takes the name for another one shows it by then.
        const calls = {
          put: () => destination.put(name, Uint8Array.of(1)),
          get: () => destination.get(name),
          stat: () => destination.stat(name),
          delete: () => destination.delete(name),
        };
        for (const [method, call] of Object.entries(calls)) {
          await assertCode(call(), 'ERR_NAME_INVALID', `${method} of a name with ${why}`);
        }
      }
      await settle();
      await assertNames(destination.list(prefix), [], 'a list after refused names');
    },
  },
  {
    name: 'lists nothing for a prefix that no name can have',
    async run({ destination, name, prefix, settle }) {
      await destination.put(name('folder/object'), Uint8Array.of(1));
      await settle();
      const hostile = [`${prefix}../`, `${prefix}folder/../folder/`, `/${prefix}`, `./${prefix}`, `${prefix}/folder`];
      hostile.push(prefix.toUpperCase(), `${prefix}folder\\`, `${prefix}folder/\0`, `${prefix}fold*`);
      for (const start of hostile) {
        await assertNames(destination.list(start), [], `list of ${JSON.stringify(start)}`);
      }
    },
  },
];
