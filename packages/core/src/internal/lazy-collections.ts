/** What is used of a map that is mostly empty. */
export interface SmallMap<Key, Value> extends Iterable<[Key, Value]> {
  /** The value of a key. */
  get(key: Key): Value | undefined;
  /** Sets it. */
  set(key: Key, value: Value): unknown;
  /** All values. */
  values(): Iterable<Value>;
  /** So many there are. */
  readonly size: number;
}

/** What is used of a set that is mostly empty. */
export interface SmallSet<Value> extends Iterable<Value> {
  /** Puts a value in. */
  add(value: Value): unknown;
  /** Takes it out; tells whether it was there. */
  delete(value: Value): boolean;
  /** Whether it is there. */
  has(value: Value): boolean;
  /** So many there are. */
  readonly size: number;
}

/**
 * A map that takes no more than one object until something is put into it: where there are a hundred thousand of them,
 * nearly all empty, those of the language take 200 bytes each.
 */
export class LazyMap<Key, Value> implements SmallMap<Key, Value> {
  #map: Map<Key, Value> | undefined;

  get(key: Key): Value | undefined {
    return this.#map?.get(key);
  }

  set(key: Key, value: Value): this {
    (this.#map ??= new Map()).set(key, value);
    return this;
  }

  values(): Iterable<Value> {
    return this.#map?.values() ?? [];
  }

  [Symbol.iterator](): Iterator<[Key, Value]> {
    return (this.#map ?? [])[Symbol.iterator]();
  }

  get size(): number {
    return this.#map?.size ?? 0;
  }
}

/** The same as a set. */
export class LazySet<Value> implements SmallSet<Value> {
  #set: Set<Value> | undefined;

  constructor(values: readonly Value[] = []) {
    if (values.length > 0) this.#set = new Set(values);
  }

  add(value: Value): this {
    (this.#set ??= new Set()).add(value);
    return this;
  }

  delete(value: Value): boolean {
    return this.#set?.delete(value) ?? false;
  }

  has(value: Value): boolean {
    return this.#set?.has(value) ?? false;
  }

  [Symbol.iterator](): Iterator<Value> {
    return (this.#set ?? [])[Symbol.iterator]();
  }

  get size(): number {
    return this.#set?.size ?? 0;
  }
}
