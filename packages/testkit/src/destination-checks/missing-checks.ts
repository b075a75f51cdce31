import { assertCode, assertNames, assertResolves } from './assertions.ts';
import type { DestinationCheck } from './destination-check.ts';

/** What is not there is told apart from what is empty and from what is broken. */
export const missingChecks: readonly DestinationCheck[] = [
  {
    name: 'says so when a missing object is read',
    async run({ destination, name }) {
      for (const rest of ['missing', 'no/such/folder']) {
        await assertCode(destination.get(name(rest)), 'ERR_OBJECT_NOT_FOUND', `get of ${rest}`);
        const range = { offset: 0, length: 0 };
        await assertCode(destination.get(name(rest), { range }), 'ERR_OBJECT_NOT_FOUND', `range of ${rest}`);
      }
    },
  },
  {
    name: 'says so when the size of a missing object is asked for',
    async run({ destination, name, settle }) {
      await destination.put(name('folder/object'), Uint8Array.of(1));
      await settle();
      for (const rest of ['missing', 'no/such/folder', 'folder', 'folder/objec']) {
        await assertCode(destination.stat(name(rest)), 'ERR_OBJECT_NOT_FOUND', `stat of ${rest}`);
      }
    },
  },
  {
    name: 'lists nothing where there is nothing',
    async run({ destination, name, prefix }) {
      for (const start of [prefix, name('missing'), name('no/such/folder/')]) {
        await assertNames(destination.list(start), [], `list of ${start}`);
      }
    },
  },
  {
    name: 'takes the deletion of a missing object for success',
    async run({ destination, name, settle }) {
      await destination.put(name('object'), Uint8Array.of(1));
      for (const rest of ['missing', 'no/such/folder', 'object', 'object']) {
        await assertResolves(destination.delete(name(rest)), `delete of ${rest}`);
        await settle();
      }
    },
  },
  {
    name: 'does not show a deleted object any more',
    async run({ destination, name, prefix, settle }) {
      await destination.put(name('deleted'), Uint8Array.of(1));
      await destination.put(name('kept'), Uint8Array.of(2));
      await destination.delete(name('deleted'));
      await settle();
      await assertCode(destination.get(name('deleted')), 'ERR_OBJECT_NOT_FOUND', 'get of a deleted object');
      await assertCode(destination.stat(name('deleted')), 'ERR_OBJECT_NOT_FOUND', 'stat of a deleted object');
      await assertNames(destination.list(prefix), [name('kept')], 'list after a deletion');
    },
  },
];
