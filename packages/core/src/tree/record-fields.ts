import { RepositoryError } from '@holdfast/contracts';
import type { CborValue } from '../internal/cbor.ts';

/** A map of CBOR values. */
export type CborMap = Readonly<Record<string, CborValue>>;

/** Opens a record for reading by field. */
export function recordFields(record: CborValue | undefined, object: string): RecordFields {
  return new RecordFields(isMap(record) ? record : malformed('(record)', object), object);
}

/** Reads the fields of a record and refuses what does not have the right type. */
export class RecordFields {
  readonly #source: CborMap;
  readonly #object: string;

  constructor(source: CborMap, object: string) {
    this.#source = source;
    this.#object = object;
  }

  /** Whether there is such a field. */
  has(name: string): boolean {
    return this.#source[name] !== undefined;
  }

  /** A text. */
  text(name: string): string {
    return this.#take(name, isText);
  }

  /** A text or null, as undefined. */
  textOrNull(name: string): string | undefined {
    return this.#takeOrNull(name, isText);
  }

  /** An integer. */
  integer(name: string): number {
    return this.#take(name, isInteger);
  }

  /** An integer or null, as undefined. */
  integerOrNull(name: string): number | undefined {
    return this.#takeOrNull(name, isInteger);
  }

  /** True or false. */
  bool(name: string): boolean {
    return this.#take(name, isBool);
  }

  /** A byte string. */
  bytes(name: string): Uint8Array {
    return this.#take(name, isBytes);
  }

  /** A byte string or null, as undefined. */
  bytesOrNull(name: string): Uint8Array | undefined {
    return this.#takeOrNull(name, isBytes);
  }

  /** A map. */
  map(name: string): CborMap {
    return this.#take(name, isMap);
  }

  /** A map or null, as undefined. */
  mapOrNull(name: string): CborMap | undefined {
    return this.#takeOrNull(name, isMap);
  }

  /** An array of maps. */
  maps(name: string): readonly RecordFields[] {
    return this.#takeAll(name, isMap).map((map) => new RecordFields(map, this.#object));
  }

  /** An array of texts. */
  texts(name: string): readonly string[] {
    return this.#takeAll(name, isText);
  }

  /** An array of byte strings. */
  byteStrings(name: string): readonly Uint8Array[] {
    return this.#takeAll(name, isBytes);
  }

  /** An array of arrays of integers that are not negative. */
  integerRows(name: string): readonly (readonly number[])[] {
    return this.#takeAll(name, isCounts);
  }

  /** The same, or nothing where there is no such field. */
  integerRowsOrNone(name: string): readonly (readonly number[])[] | undefined {
    return this.has(name) ? this.integerRows(name) : undefined;
  }

  #take<T>(name: string, fits: (value: unknown) => value is T): T {
    const value: unknown = this.#source[name];
    return fits(value) ? value : malformed(name, this.#object);
  }

  #takeOrNull<T>(name: string, fits: (value: unknown) => value is T): T | undefined {
    return this.#source[name] === null ? undefined : this.#take(name, fits);
  }

  #takeAll<T>(name: string, fits: (value: unknown) => value is T): readonly T[] {
    return this.#take(name, isArray).map((value) => (fits(value) ? value : malformed(name, this.#object)));
  }
}

function malformed(name: string, object: string): never {
  throw new RepositoryError('ERR_OBJECT_DAMAGED', { object, reason: `field ${name} of a record is malformed` });
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
