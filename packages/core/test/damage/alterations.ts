import type { Objects } from '../support/harness.ts';
import { bytesOf } from './sample.ts';

/** One thing that happened to a storage. */
export interface Alteration {
  readonly kind: 'flip' | 'cut' | 'extension' | 'removal' | 'exchange' | 'foreign';
  /** What it was, for whoever has to find out why a trial failed. */
  readonly title: string;
  /** New bytes of objects by name; undefined for one that is gone. */
  readonly changes: ReadonlyMap<string, Uint8Array | undefined>;
}

/** Which positions of an object are tried: every one, or every n-th, beginning at another place in each object. */
export interface Positions {
  readonly step: number;
  readonly seed: number;
}

/** Each byte changed in turn: one bit of it, another one at every place. */
export function* flips(objects: Objects, { step, seed }: Positions): Generator<Alteration> {
  for (const [number, [name, { bytes }]] of [...objects].entries()) {
    for (let at = (seed + number) % step; at < bytes.length; at += step) {
      const bit = (seed + at + Math.floor(at / 8)) % 8;
      const changed = bytes.slice();
      changed[at] = (changed[at] ?? 0) ^ (1 << bit);
      yield { kind: 'flip', title: `bit ${bit} of byte ${at} of ${name}`, changes: new Map([[name, changed]]) };
    }
  }
}

/** Each object cut at every length, 0 included. */
export function* cuts(objects: Objects, { step, seed }: Positions): Generator<Alteration> {
  for (const [number, [name, { bytes }]] of [...objects].entries()) {
    for (let length = (seed + number) % step; length < bytes.length; length += step) {
      const changes = new Map([[name, bytes.slice(0, length)]]);
      yield { kind: 'cut', title: `${name} cut to ${length} bytes`, changes };
    }
  }
}

/** Each object longer by a byte that is no white space, which may stand behind a config. */
export function* extensions(objects: Objects): Generator<Alteration> {
  for (const [name, { bytes }] of objects) {
    for (const byte of [0, 0xff]) {
      const changes = new Map([[name, Uint8Array.of(...bytes, byte)]]);
      yield { kind: 'extension', title: `${name} with byte ${byte} behind it`, changes };
    }
  }
}

/** Each object gone. */
export function* removals(objects: Objects): Generator<Alteration> {
  for (const name of objects.keys()) {
    yield { kind: 'removal', title: `${name} removed`, changes: new Map([[name, undefined]]) };
  }
}

/** Every two objects of one kind, each under the name of the other. */
export function* exchanges(objects: Objects): Generator<Alteration> {
  for (const names of sameKind(objects).values()) {
    for (const [i, one] of names.entries()) {
      for (const other of names.slice(i + 1)) {
        const changes = new Map([
          [one, bytesOf(objects, other)],
          [other, bytesOf(objects, one)],
        ]);
        yield { kind: 'exchange', title: `${one} and ${other} exchanged`, changes };
      }
    }
  }
}

/** Each object replaced by one of the same kind of another repository: under the old name, and under its own. */
export function* foreigners(objects: Objects, others: Objects): Generator<Alteration> {
  const candidates = sameKind(others);
  for (const [kind, names] of sameKind(objects)) {
    for (const name of names) {
      for (const other of candidates.get(kind) ?? []) {
        const bytes = bytesOf(others, other);
        yield {
          kind: 'foreign',
          title: `${other} of another repository in ${name}`,
          changes: new Map([[name, bytes]]),
        };
        if (other === name) continue;
        const changes = new Map([
          [name, undefined],
          [other, bytes],
        ]);
        yield { kind: 'foreign', title: `${other} of another repository instead of ${name}`, changes };
      }
    }
  }
}

/** Names by what the objects are: packs of data and of trees are told apart by the byte for it in their headers. */
function sameKind(objects: Objects): Map<string, string[]> {
  const kindOf = (name: string): string => {
    const [type = ''] = name.split('/');
    return type === 'data' ? `data of kind ${bytesOf(objects, name)[8]}` : type;
  };
  return Map.groupBy(objects.keys(), kindOf);
}
