import { hash } from 'node:crypto';
import { DestinationError, RepositoryError } from '@holdfast/contracts';
import type { ByteRange, Destination, OperationOptions } from '@holdfast/contracts';
import { hashOfName, objectName } from './object-name.ts';
import type { ObjectType } from './object-name.ts';

/** An object in a listing. */
export interface StoredObject {
  /** Hex of the SHA-256 of its bytes. */
  readonly hash: string;
  /** Size in bytes. */
  readonly size: number;
}

/** What went over the line so far. */
export interface ObjectTraffic {
  /** Objects written. */
  objectsWritten: number;
  /** Bytes of objects written. */
  bytesWritten: number;
  /** Calls that read an object or a range of one. */
  reads: number;
  /** Bytes read. */
  bytesRead: number;
}

/** Options of {@link ObjectStore.put}. */
export interface PutOptions extends OperationOptions {
  /** Hex of the SHA-256 of the bytes. @defaultValue it is computed */
  readonly digest?: string | undefined;
}

/** Objects by their hash: the only way the engine touches a destination, `config` excepted. */
export interface ObjectStore {
  /** Counts of this store since it was made. */
  readonly traffic: ObjectTraffic;
  /** Stores bytes and returns the hex of their SHA-256. */
  put(type: ObjectType, bytes: Uint8Array, options?: PutOptions): Promise<string>;
  /** Reads an object whole and compares it with its name. */
  get(type: ObjectType, hash: string, options?: OperationOptions): Promise<Uint8Array>;
  /** Reads part of an object; nothing of it can be compared here. */
  getRange(type: ObjectType, hash: string, range: ByteRange, options?: OperationOptions): Promise<Uint8Array>;
  /**
   * The file of this machine that an object is, for who reads ranges of it without this store, which counts them all the same.
   * Absent where the destination has no files.
   */
  readonly fileOf:
    | ((
        type: ObjectType,
        hash: string,
        ranges: readonly ByteRange[],
        options?: OperationOptions,
      ) => Promise<string | undefined>)
    | undefined;
  /** Lists the objects of a type; names of another form are passed over. */
  list(type: ObjectType, options?: OperationOptions): AsyncGenerator<StoredObject, void, void>;
}

/** Makes an {@link ObjectStore} over a destination. */
export function createObjectStore(destination: Destination): ObjectStore {
  const traffic: ObjectTraffic = { objectsWritten: 0, bytesWritten: 0, reads: 0, bytesRead: 0 };

  async function read(name: string, options: Parameters<Destination['get']>[1]): Promise<Uint8Array> {
    try {
      const bytes = await destination.get(name, options);
      traffic.reads += 1;
      traffic.bytesRead += bytes.length;
      return bytes;
    } catch (error) {
      if (DestinationError.is(error, 'ERR_OBJECT_NOT_FOUND')) {
        throw new RepositoryError('ERR_OBJECT_MISSING', { object: name }, { cause: error });
      }
      if (DestinationError.is(error, 'ERR_RANGE_INVALID')) {
        throw new RepositoryError('ERR_OBJECT_DAMAGED', { object: name, reason: 'it is too short' }, { cause: error });
      }
      throw error;
    }
  }

  async function fileOf(
    type: ObjectType,
    digest: string,
    ranges: readonly ByteRange[],
    { signal }: OperationOptions = {},
  ): Promise<string | undefined> {
    const file = await destination.fileOf?.(objectName(type, digest), ranges, { signal });
    if (file === undefined) return undefined;
    traffic.reads += ranges.length;
    for (const { length } of ranges) traffic.bytesRead += length;
    return file;
  }

  return {
    traffic,
    fileOf: destination.fileOf && fileOf,

    async put(type, bytes, { signal, digest = hash('sha256', bytes, 'hex') } = {}) {
      signal?.throwIfAborted();
      await destination.put(objectName(type, digest), bytes, { signal });
      traffic.objectsWritten += 1;
      traffic.bytesWritten += bytes.length;
      return digest;
    },

    async get(type, digest, { signal } = {}) {
      const name = objectName(type, digest);
      const bytes = await read(name, { signal });
      if (hash('sha256', bytes, 'hex') !== digest) {
        throw new RepositoryError('ERR_OBJECT_DAMAGED', { object: name, reason: 'its SHA-256 is not its name' });
      }
      return bytes;
    },

    getRange: (type, digest, range, { signal } = {}) => read(objectName(type, digest), { range, signal }),

    async *list(type, { signal } = {}) {
      for await (const { name, size } of destination.list(`${type}/`, { signal })) {
        const digest = hashOfName(type, name);
        if (digest !== undefined) yield { hash: digest, size };
      }
    },
  };
}
