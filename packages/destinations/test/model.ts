import { DestinationError } from '@holdfast/contracts';
import type { Destination } from '@holdfast/contracts';
import fc from 'fast-check';

/** Number of random sequences. */
export const modelRuns: number = process.env['SLOW'] === '1' ? 500 : 30;

/** One call on a destination. */
export type Step =
  | { readonly do: 'put'; readonly name: string; readonly bytes: Uint8Array; readonly ifAbsent: boolean }
  | { readonly do: 'get'; readonly name: string }
  | { readonly do: 'stat'; readonly name: string }
  | { readonly do: 'delete'; readonly name: string }
  | { readonly do: 'range'; readonly name: string; readonly offset: number; readonly length: number }
  | { readonly do: 'list'; readonly prefix: string };

// Few names, so that steps meet; none is an object and a folder at once, which files cannot be.
const names = fc.constantFrom('config', 'data/aa', 'data/ab', 'data/abc/d', 'data/b', 'index/a/b/c');
const prefixes = fc.constantFrom('', 'd', 'data', 'data/', 'data/a', 'data/ab', 'data/abc/', 'index/a/b/', 'x', '../');

/** Random sequences of calls. */
export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('put' as const), name: names, bytes: fc.uint8Array(), ifAbsent: fc.boolean() }),
    fc.record({ do: fc.constantFrom('get' as const, 'stat' as const, 'delete' as const), name: names }),
    fc.record({ do: fc.constant('range' as const), name: names, offset: fc.nat(12), length: fc.nat(12) }),
    fc.record({ do: fc.constant('list' as const), prefix: prefixes }),
  ),
  { maxLength: 40 },
);

/** Makes the calls on the destination, and tells what it answers. */
export async function answers(destination: Destination, sequence: readonly Step[]): Promise<unknown[]> {
  const given: unknown[] = [];
  for (const step of sequence) given.push(await answer(destination, step));
  return given;
}

/** Tells what a map would answer. */
export function predictions(sequence: readonly Step[]): unknown[] {
  const model = new Map<string, Uint8Array>();
  return sequence.map((step) => predict(model, step));
}

async function answer(destination: Destination, step: Step): Promise<unknown> {
  try {
    switch (step.do) {
      case 'put':
        return await destination.put(step.name, step.bytes, { ifAbsent: step.ifAbsent });
      case 'get':
        return Array.from(await destination.get(step.name));
      case 'range':
        return Array.from(await destination.get(step.name, { range: { offset: step.offset, length: step.length } }));
      case 'stat':
        return (await destination.stat(step.name)).size;
      case 'delete':
        return await destination.delete(step.name);
      case 'list': {
        const found: string[] = [];
        for await (const { name, size } of destination.list(step.prefix)) found.push(`${name}: ${size} bytes`);
        return found.toSorted((a, b) => (a < b ? -1 : 1));
      }
    }
  } catch (error) {
    if (DestinationError.is(error)) return error.code;
    throw error;
  }
}

function predict(model: Map<string, Uint8Array>, step: Step): unknown {
  if (step.do === 'list') {
    const found = [...model].filter(([name]) => name.startsWith(step.prefix));
    return found.map(([name, bytes]) => `${name}: ${bytes.byteLength} bytes`).toSorted((a, b) => (a < b ? -1 : 1));
  }
  const bytes = model.get(step.name);
  if (step.do === 'put') {
    if (step.ifAbsent && bytes !== undefined) return 'ERR_OBJECT_EXISTS';
    model.set(step.name, step.bytes);
    return undefined;
  }
  if (step.do === 'delete') {
    model.delete(step.name);
    return undefined;
  }
  if (bytes === undefined) return 'ERR_OBJECT_NOT_FOUND';
  if (step.do === 'stat') return bytes.byteLength;
  if (step.do === 'get') return Array.from(bytes);
  if (step.offset + step.length > bytes.byteLength) return 'ERR_RANGE_INVALID';
  return Array.from(bytes.subarray(step.offset, step.offset + step.length));
}
