import type { Destination } from '@holdfast/contracts';
import { createRepository, openRepository } from '@holdfast/core';
import type { Repository } from '@holdfast/core';
import { memoryDestination } from '@holdfast/destinations/memory';
import { engineSource, ordinaryParts } from './engine-source.ts';

/** An option that no code of ours may be given, in some call. */
export interface BadOption {
  /** What it is. */
  readonly name: string;
  /** The class of the error. */
  readonly code: 'RangeError' | 'TypeError';
  /** What its message says: the option, and what it may be. */
  readonly says: RegExp;
  /** Gives it. */
  readonly call: (given: { readonly repository: Repository; readonly destination: Destination }) => Promise<unknown>;
}

const MIB = 1024 * 1024;
// Plain JavaScript, JSON and command lines are not held to types.
const untyped = (value: unknown): never => value as never;
const source = engineSource(() => ({ items: { ordinary: () => ordinaryParts('ordinary') } }));
const where = { snapshot: 'latest', collection: 'inbox' };

const NO_INTEGERS: readonly unknown[] = [Number.NaN, Number.POSITIVE_INFINITY, 1.5, -1, '4', null];

/** Values that each number of the budget must refuse, and what is allowed instead. */
const BUDGET: readonly (readonly [name: string, values: readonly unknown[], says: RegExp])[] = [
  ['memory', [...NO_INTEGERS, 0, 64 * MIB - 1], /budget\.memory must be an integer from 67108864/],
  ['workers', [...NO_INTEGERS, 65], /budget\.workers must be an integer from 0 to 64/],
  ['transfers', [...NO_INTEGERS, 0, 65], /budget\.transfers must be an integer from 1 to 64/],
  ['cacheSize', NO_INTEGERS, /budget\.cacheSize must be an integer from 0/],
];

/** All of them. */
export const badOptions: readonly BadOption[] = [
  ...BUDGET.flatMap(([name, values, says]) =>
    values.map((value): BadOption => {
      const budget = { [name]: untyped(value) };
      const call: BadOption['call'] = ({ destination }) => openRepository({ destination, budget });
      return { name: `budget.${name} of ${text(value)}`, code: 'RangeError', says, call };
    }),
  ),
  ...['temporaryDirectory', 'cacheDirectory'].flatMap((name) =>
    ['', 7].map((value): BadOption => {
      const budget = { [name]: untyped(value) };
      const call: BadOption['call'] = ({ destination }) => openRepository({ destination, budget });
      const says = new RegExp(`budget\\.${name} must be the path of a folder`);
      return { name: `budget.${name} of ${text(value)}`, code: 'TypeError', says, call };
    }),
  ),
  ...[...NO_INTEGERS, 0, 20].map((level): BadOption => ({
    name: `compression.level of ${text(level)}`,
    code: 'RangeError',
    says: /compression\.level must be an integer from 1 to 19/,
    call: ({ destination }) => openRepository({ destination, compression: { level: untyped(level) } }),
  })),
  ...[0, 4 * MIB - 1, 64 * MIB + 1, Number.NaN].map((packTarget): BadOption => ({
    name: `packTarget of ${packTarget}`,
    code: 'RangeError',
    says: /packTarget must be an integer from 4 MiB to 64 MiB/,
    call: () => createRepository({ destination: memoryDestination(), key: 'none', packTarget }),
  })),
  ...['concurrency', 'items', 'bytes', 'milliseconds'].flatMap((name) =>
    [...NO_INTEGERS, 0].map((value): BadOption => {
      const number = { [name]: untyped(value) };
      const options = name === 'concurrency' ? number : { checkpoint: number };
      return {
        name: `${name} of ${text(value)} for a backup`,
        code: 'RangeError',
        says: new RegExp(`${name} must be a positive integer`),
        call: ({ repository }) => repository.backup(source, options),
      };
    }),
  ),
  {
    name: 'a capture mode that there is not',
    code: 'RangeError',
    says: /incremental, differential, full/,
    call: ({ repository }) => repository.backup(source, { capture: { mode: untyped('everything') } }),
  },
  ...[...NO_INTEGERS, 0].map((value): BadOption => ({
    name: `concurrency of ${text(value)} for a restore`,
    code: 'RangeError',
    says: /concurrency must be a positive integer/,
    call: async ({ repository }) =>
      repository.restore(await repository.planRestore({ snapshot: 'latest' }), untyped({}), {
        concurrency: untyped(value),
      }),
  })),
  ...[0, 1001, 1.5].map((pageSize): BadOption => ({
    name: `pageSize of ${pageSize}`,
    code: 'RangeError',
    says: /pageSize must be an integer from 1 to 1000/,
    call: ({ repository }) => repository.browse({ ...where, pageSize }),
  })),
  {
    name: 'page of 0',
    code: 'RangeError',
    says: /page must be a positive integer/,
    call: ({ repository }) => repository.browse({ ...where, page: 0 }),
  },
  {
    name: 'a level of check that there is not',
    code: 'RangeError',
    says: /listing, index, ciphertext, decryption/,
    call: ({ repository }) => repository.check({ level: untyped('deep') }),
  },
];

function text(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
