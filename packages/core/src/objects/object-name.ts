/** The types of object that are named by the SHA-256 of their bytes; see docs/format/objects.md. */
export type ObjectType = 'keys' | 'data' | 'index' | 'snapshots' | 'locks';

/** The only object with a fixed name. */
export const CONFIG_NAME = 'config';

const HEX_NAME = /^[0-9a-f]{64}$/;

/** The full name of an object, from its type and the hex of its SHA-256. */
export function objectName(type: ObjectType, hash: string): string {
  return type === 'data' ? `data/${hash.slice(0, 2)}/${hash}` : `${type}/${hash}`;
}

/** The hash in a full name; undefined if the name is not one that this format gives to that type. */
export function hashOfName(type: ObjectType, name: string): string | undefined {
  const hash = name.slice(name.lastIndexOf('/') + 1);
  return HEX_NAME.test(hash) && objectName(type, hash) === name ? hash : undefined;
}
