import { DestinationError, RepositoryError } from '@holdfast/contracts';
import type { Destination, JsonObject, JsonValue, OperationOptions } from '@holdfast/contracts';
import type { ChunkerParameters } from '../blobs/chunker.ts';
import { CONFIG_NAME, hashOfName } from '../objects/object-name.ts';

/** The newest format version that this code reads, and the one it writes. */
export const FORMAT_VERSION = 1;

const LARGEST_CONFIG = 64 * 1024;

/** What the engine takes from a config. */
export interface RepositoryConfig {
  /** The whole config as it was read or written. */
  readonly json: JsonObject;
  /** How large parts are cut. */
  readonly chunker: ChunkerParameters;
  /** Size in bytes at which packs are closed. */
  readonly packTarget: number;
}

/** The members of a new config, without id and MAC. */
export function newConfig(options: {
  readonly encrypted: boolean;
  readonly created: string;
  readonly packTarget: number;
}): JsonObject {
  return {
    holdfast: 'repository',
    version: FORMAT_VERSION,
    encrypted: options.encrypted,
    created: options.created,
    chunker: { algorithm: 'fastcdc-gear32', threshold: 524_288, min: 524_288, mean: 1_048_576, max: 4_194_304 },
    pack: { target: options.packTarget },
  };
}

/**
 * Reads the config. One that is missing beside snapshots is damaged.
 *
 * @throws `ERR_REPOSITORY_NOT_FOUND`, `ERR_CONFIG_DAMAGED` or `ERR_VERSION_UNSUPPORTED`, a {@link RepositoryError}.
 */
export async function readConfig(destination: Destination, options: OperationOptions): Promise<RepositoryConfig> {
  let bytes: Uint8Array;
  try {
    bytes = await destination.get(CONFIG_NAME, options);
  } catch (error) {
    if (DestinationError.is(error, 'ERR_OBJECT_NOT_FOUND')) {
      // "Create one there" would be bad advice where one has lost its config.
      if (await holdsSnapshots(destination, options)) throw damaged('it is missing', error);
      throw new RepositoryError('ERR_REPOSITORY_NOT_FOUND', { destination: destination.title }, { cause: error });
    }
    throw error;
  }
  return parseConfig(bytes);
}

/** Whether there are snapshots, whatever else may be missing. */
export async function holdsSnapshots(destination: Destination, options: OperationOptions): Promise<boolean> {
  for await (const { name } of destination.list('snapshots/', options)) {
    if (hashOfName('snapshots', name) !== undefined) return true;
  }
  return false;
}

/** Serialises a config. */
export function serialiseConfig(json: JsonObject): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(json, undefined, 2)}\n`);
}

/** Reads a config from its bytes. */
export function parseConfig(bytes: Uint8Array): RepositoryConfig {
  if (bytes.length > LARGEST_CONFIG) throw damaged('it is longer than 64 KiB');
  const json = parseObject(bytes);
  if (json['holdfast'] !== 'repository') throw damaged('it does not say that it is one');
  const { version } = json;
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1)
    throw damaged('its version is no number');
  if (version > FORMAT_VERSION) {
    throw new RepositoryError('ERR_VERSION_UNSUPPORTED', { object: CONFIG_NAME, version, supported: FORMAT_VERSION });
  }
  if (typeof json['id'] !== 'string' || !/^[0-9a-f]{64}$/.test(json['id'])) throw damaged('its id is malformed');
  if (typeof json['encrypted'] !== 'boolean') throw damaged('it does not say whether it is encrypted');
  const chunker = objectAt(json, 'chunker');
  if (chunker['algorithm'] !== 'fastcdc-gear32') throw damaged('its chunker is unknown');
  const [threshold, min, mean, max] = ['threshold', 'min', 'mean', 'max'].map((name) => sizeAt(chunker, name)) as [
    number,
    number,
    number,
    number,
  ];
  if (!(min < mean && mean < max)) throw damaged('its chunk sizes are out of order');
  return { json, chunker: { threshold, min, mean, max }, packTarget: sizeAt(objectAt(json, 'pack'), 'target') };
}

function parseObject(bytes: Uint8Array): JsonObject {
  try {
    const json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as JsonValue;
    if (isObject(json)) return json;
  } catch (error) {
    throw damaged('it is not JSON', error);
  }
  throw damaged('it is no JSON object');
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectAt(json: JsonObject, name: string): JsonObject {
  const value = json[name];
  if (!isObject(value)) throw damaged(`member ${name} is malformed`);
  return value;
}

function sizeAt(json: JsonObject, name: string): number {
  const value = json[name];
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1)
    throw damaged(`member ${name} is malformed`);
  return value;
}

function damaged(reason: string, cause?: unknown): RepositoryError {
  return new RepositoryError('ERR_CONFIG_DAMAGED', { reason }, { cause });
}
