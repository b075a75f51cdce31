import type { Objects } from './harness.ts';

/** Names of objects with that beginning, sorted. */
export function namesOf(objects: Objects, prefix: string): string[] {
  return [...objects.keys()].filter((name) => name.startsWith(prefix)).toSorted();
}

/** A copy of a storage, to be damaged. */
export function copyOf(objects: Objects): Objects {
  return new Map([...objects].map(([name, { bytes, modified }]) => [name, { bytes: bytes.slice(), modified }]));
}

/** Changes the bytes of an object in place. */
export function rewrite(objects: Objects, name: string, change: (bytes: Uint8Array) => Uint8Array): void {
  const object = objects.get(name);
  if (object === undefined) throw new Error(`there is no ${name}`);
  objects.set(name, { ...object, bytes: change(object.bytes.slice()) });
}

/** Flips one bit. */
export function flip(at: number): (bytes: Uint8Array) => Uint8Array {
  return (bytes) => {
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    return bytes;
  };
}
