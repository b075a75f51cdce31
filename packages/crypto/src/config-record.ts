import { timingSafeEqual } from 'node:crypto';
import { RepositoryError } from '@holdfast/contracts';
import type { JsonObject } from '@holdfast/contracts';
import { fromHex, toHex, utf8 } from './bytes.ts';
import { canonicalJson } from './canonical-json.ts';
import { deriveBytes, KEY_LENGTH } from './derived-keys.ts';
import { hmac } from './hmac.ts';

/** A complete config, ready to be written as JSON. */
export interface ConfigRecord extends JsonObject {
  /** Repository id in hex. */
  readonly id: string;
  /** Whether the repository is encrypted. */
  readonly encrypted: boolean;
  /** HMAC over the canonical form of all other members, in hex. */
  readonly mac: string;
}

/** What a config claims, before its MAC could be checked. */
export interface ConfigClaim {
  /** Id of the repository. */
  readonly repositoryId: Uint8Array;
  /** Whether it is encrypted. */
  readonly encrypted: boolean;
}

/** Completes a config with whether it is encrypted, the id and the MAC. */
export function sealConfig(config: JsonObject, root: Uint8Array, claim: ConfigClaim): ConfigRecord {
  const { repositoryId, encrypted } = claim;
  const members = { ...config, encrypted, id: toHex(repositoryId) };
  return { ...members, mac: toHex(configMac(members, root, repositoryId)) };
}

/**
 * Reads what opening a keyring needs of a config.
 *
 * @throws `ERR_CONFIG_DAMAGED`, a {@link RepositoryError}, if a member is missing or impossible.
 */
export function readConfigClaim(config: JsonObject): ConfigClaim {
  const repositoryId = fromHex(config['id'], KEY_LENGTH);
  const { encrypted } = config;
  if (repositoryId === undefined) throw configDamaged('its id is not 64 hex digits');
  if (typeof encrypted !== 'boolean') throw configDamaged('it does not say whether the repository is encrypted');
  return { repositoryId, encrypted };
}

/**
 * Checks the MAC of a config.
 *
 * @throws `ERR_CONFIG_DAMAGED`, a {@link RepositoryError}, if it is another one.
 */
export function verifyConfig(config: JsonObject, root: Uint8Array, repositoryId: Uint8Array): void {
  const { mac, ...members } = config;
  const claimed = fromHex(mac, KEY_LENGTH);
  if (claimed === undefined || !timingSafeEqual(claimed, configMac(members, root, repositoryId))) {
    throw configDamaged('its MAC does not fit');
  }
}

/** The error of a config that cannot be used. */
export function configDamaged(reason: string): RepositoryError {
  return new RepositoryError('ERR_CONFIG_DAMAGED', { reason });
}

function configMac(members: JsonObject, root: Uint8Array, repositoryId: Uint8Array): Uint8Array {
  let canonical: string;
  try {
    canonical = canonicalJson(members);
  } catch (cause) {
    throw new RepositoryError('ERR_CONFIG_DAMAGED', { reason: 'it is nested too deeply' }, { cause });
  }
  return hmac(deriveBytes(root, repositoryId, 'config'), utf8(canonical));
}
