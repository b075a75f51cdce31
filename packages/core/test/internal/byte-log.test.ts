import { seededRandomness } from '@holdfast/testkit';
import { expect, it } from 'vitest';
import { createByteLog } from '../../src/internal/byte-log.ts';

it('gives back what was put in, whatever its length, and takes hardly more memory', () => {
  const dice = seededRandomness(1);
  const log = createByteLog();
  const lengths = [0, 1, 1_048_572, 1_048_573, 3_000_000, 5];
  for (let i = 0; i < 3000; i += 1) lengths.push(dice.integer(0, 4000));
  const bytes = (number: number): Uint8Array => new Uint8Array(lengths[number]!).fill(number % 251);
  for (const number of lengths.keys()) log.add(bytes(number));
  expect(log.size).toBe(lengths.length);
  for (const number of lengths.keys()) expect(log.at(number).length, `${number}`).toBe(lengths[number]);
  expect([...lengths.keys()].every((number) => Buffer.compare(log.at(number), bytes(number)) === 0)).toBe(true);
  log.at(5)[0] = 77;
  expect(log.at(5)).toEqual(Uint8Array.of(77, 5, 5, 5, 5));
  const total = lengths.reduce((sum, length) => sum + length, 0);
  expect(log.memory).toBeLessThan(total * 1.05 + 4 * 1024 * 1024);
});
