import { RepositoryError } from '@holdfast/contracts';
import type { CborValue } from '../internal/cbor.ts';

/** A map of CBOR values. */
export type CborMap = Readonly<Record<string, CborValue>>;

/** Reads the fields of a record and refuses what does not have the right type. */
export interface RecordFields {
  /** Whether there is such a field. */
  has(name: string): boolean;
  /** A text. */
  text(name: string): string;
  /** A text or null, as undefined. */
  textOrNull(name: string): string | undefined;
  /** An integer. */
  integer(name: string): number;
  /** An integer or null, as undefined. */
  integerOrNull(name: string): number | undefined;
  /** True or false. */
  bool(name: string): boolean;
  /** A byte string. */
  bytes(name: string): Uint8Array;
  /** A byte string or null, as undefined. */
  bytesOrNull(name: string): Uint8Array | undefined;
  /** A map. */
  map(name: string): CborMap;
  /** A map or null, as undefined. */
  mapOrNull(name: string): CborMap | undefined;
  /** An array of maps. */
  maps(name: string): readonly RecordFields[];
  /** An array of texts. */
  texts(name: string): readonly string[];
  /** An array of byte strings. */
  byteStrings(name: string): readonly Uint8Array[];
  /** An array of arrays of integers that are not negative. */
  integerRows(name: string): readonly (readonly number[])[];
  /** The same, or nothing where there is no such field. */
  integerRowsOrNone(name: string): readonly (readonly number[])[] | undefined;
}

/** Opens a record for reading by field. */
export function recordFields(record: CborValue | undefined, object: string): RecordFields {
  const fail = (name: string): never => {
    throw new RepositoryError('ERR_OBJECT_DAMAGED', { object, reason: `field ${name} of a record is malformed` });
  };
  const source = isMap(record) ? record : fail('(record)');
  const take = <T>(name: string, fits: (value: unknown) => value is T): T => {
    const value: unknown = source[name];
    return fits(value) ? value : fail(name);
  };
  const takeOrNull = <T>(name: string, fits: (value: unknown) => value is T): T | undefined =>
    source[name] === null ? undefined : take(name, fits);
  const takeAll = <T>(name: string, fits: (value: unknown) => value is T): readonly T[] =>
    take(name, isArray).map((value) => (fits(value) ? value : fail(name)));
  return {
    has: (name) => source[name] !== undefined,
    text: (name) => take(name, isText),
    textOrNull: (name) => takeOrNull(name, isText),
    integer: (name) => take(name, isInteger),
    integerOrNull: (name) => takeOrNull(name, isInteger),
    bool: (name) => take(name, isBool),
    bytes: (name) => take(name, isBytes),
    bytesOrNull: (name) => takeOrNull(name, isBytes),
    map: (name) => take(name, isMap),
    mapOrNull: (name) => takeOrNull(name, isMap),
    maps: (name) => takeAll(name, isMap).map((map) => recordFields(map, object)),
    texts: (name) => takeAll(name, isText),
    byteStrings: (name) => takeAll(name, isBytes),
    integerRows: (name) => takeAll(name, isCounts),
    integerRowsOrNone: (name) => (source[name] === undefined ? undefined : takeAll(name, isCounts)),
  };
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isInteger = (value: unknown): value is number => Number.isSafeInteger(value);
const isBool = (value: unknown): value is boolean => typeof value === 'boolean';
const isBytes = (value: unknown): value is Uint8Array => value instanceof Uint8Array;
const isArray = (value: unknown): value is readonly CborValue[] => Array.isArray(value);
const isCounts = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((number: unknown) => Number.isSafeInteger(number) && (number as number) >= 0);
const isMap = (value: unknown): value is CborMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
