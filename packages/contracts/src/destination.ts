import type { OperationOptions } from './operation-options.ts';

/** What an object is, without its bytes. */
export interface ObjectInfo {
  /** Its full name, with `/` between the levels. */
  readonly name: string;
  /** Its size in bytes. */
  readonly size: number;
  /** When it was written by the store's own clock, in milliseconds since 1970; absent without `clock: 'store'`. */
  readonly modified?: number | undefined;
}

/** What a storage can do beyond the contract. Plain data; the engine and the conformance checks read it. */
export interface DestinationCapabilities {
  /**
   * How `ifAbsent` behaves when several writers race. `atomic`: exactly one wins. `bestEffort`: a later put is refused,
   * but two at the same moment may both succeed. `none`: the option is refused with a `TypeError`.
   */
  readonly conditionalPut: 'none' | 'bestEffort' | 'atomic';
  /** Whether `modified` is the store's own time. */
  readonly clock: 'store' | 'none';
  /** The largest object the store takes, in bytes; absent if there is no limit below 4 GiB. */
  readonly maxObjectSize?: number | undefined;
}

/** Options of {@link Destination.put}. */
export interface PutOptions extends OperationOptions {
  /**
   * Refuses to replace an object of that name.
   *
   * @defaultValue `false`
   */
  readonly ifAbsent?: boolean | undefined;
}

/** Part of an object. */
export interface ByteRange {
  /** First byte, counted from 0. */
  readonly offset: number;
  /** Number of bytes; zero is allowed. */
  readonly length: number;
}

/** Options of {@link Destination.get}. */
export interface GetOptions extends OperationOptions {
  /** Reads only this part. @defaultValue the whole object */
  readonly range?: ByteRange | undefined;
}

/**
 * A storage that keeps objects by name: the only thing the engine knows of a cloud, a disk or a server.
 *
 * Names consist of one to eight segments of `a-z`, `0-9`, `.`, `_` and `-`, joined by `/`; no segment starts with a dot
 * or ends with one, none is longer than 100 characters, and none is a device name of Windows (`con`, `nul.txt`, `com1`). Anything
 * else is refused with `ERR_NAME_INVALID` before the storage is touched. No name is the beginning of another object's path.
 *
 * Methods may be called at the same time, as often as the caller likes. Errors are {@link DestinationError}, an aborted
 * call rejects with `signal.reason` itself, also when the abort comes right after the call. Ranges that are negative or
 * not whole are a `RangeError`, calls after disposal a `TypeError`, both without a code. A driver does not retry and does
 * not log: that is done around it, once.
 */
export interface Destination {
  /** What this is and where, for people: `folder /backups/ada`. Never a credential. */
  readonly title: string;
  /** What the storage can do beyond the contract. */
  readonly capabilities: DestinationCapabilities;

  /**
   * Stores an object as a whole. When the promise resolves, the bytes are durable and every later `get`, `stat` and
   * `list` may see them (a store with lag may need a while). After a failure or an abort either nothing or the whole
   * object is there, never a part of it. Putting an existing name again replaces it, unless `ifAbsent` is set.
   *
   * @throws `ERR_OBJECT_EXISTS`, a {@link DestinationError}, if `ifAbsent` is set and the object is there.
   * @throws `ERR_STORAGE_FULL`, `ERR_QUOTA_EXCEEDED`, `ERR_READ_ONLY` or `ERR_ACCESS_DENIED`, a
   * {@link DestinationError}, if the storage cannot take it.
   */
  put(name: string, bytes: Uint8Array, options?: PutOptions): Promise<void>;

  /**
   * Reads an object or a range of it, exactly: never fewer bytes than asked for. The bytes belong to the caller, who may
   * change them or hand their buffer to another thread.
   *
   * @throws `ERR_OBJECT_NOT_FOUND`, a {@link DestinationError}, if there is no such object.
   * @throws `ERR_RANGE_INVALID`, a {@link DestinationError}, if the range reaches past the end.
   */
  get(name: string, options?: GetOptions): Promise<Uint8Array>;

  /**
   * Tells which file of this machine an object is. A thread that may wait for a disk then reads these ranges of it by itself, and
   * asks {@link Destination.get | get} wherever it cannot. The call stands for one of `get` for each range.
   *
   * Absent where objects are no files. A destination that wraps another one passes it on only if it changes nothing that is read:
   * a limit of bandwidth, say, would be passed by.
   *
   * @returns Its path; `undefined` if there is none. That the file is there is not promised.
   */
  fileOf?:
    | ((name: string, ranges: readonly ByteRange[], options?: OperationOptions) => Promise<string | undefined>)
    | undefined;

  /**
   * Tells the size of an object without reading it.
   *
   * @throws `ERR_OBJECT_NOT_FOUND`, a {@link DestinationError}, if there is no such object.
   */
  stat(name: string, options?: OperationOptions): Promise<ObjectInfo>;

  /**
   * Yields every object whose name starts with `prefix`, each once, in no particular order, fetching pages as they are
   * asked for. A prefix that matches nothing, or a storage that holds nothing yet, yields nothing. An object written or
   * deleted meanwhile may or may not be among them. Half-written objects never are.
   */
  list(prefix: string, options?: OperationOptions): AsyncIterable<ObjectInfo>;

  /**
   * Deletes an object. That it was not there is success.
   *
   * @throws `ERR_RETENTION_LOCKED`, a {@link DestinationError}, if the storage must keep it.
   */
  delete(name: string, options?: OperationOptions): Promise<void>;

  /** Gives back connections and handles. Calls under way are finished first; later ones throw. */
  [Symbol.asyncDispose](): Promise<void>;
}
