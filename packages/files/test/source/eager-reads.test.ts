import { expect, it } from 'vitest';
import { createEagerReads } from '../../src/source/eager-reads.ts';
import { createReadMemory } from '../../src/source/read-memory.ts';

const KIB = 1024;

it('reads ahead as long as what is told is read', () => {
  const eager = createEagerReads(createReadMemory());
  for (let i = 0; i < 1000; i += 1) {
    expect(eager.tell()).toBe(true);
    eager.take(`${i}`);
  }
});

it('stops once most of what is told is not read, and begins again when it is', () => {
  const eager = createEagerReads(createReadMemory());
  const ahead = Array.from({ length: 2000 }, () => eager.tell()).filter(Boolean).length;
  expect(ahead).toBeLessThan(20);
  for (let i = 0; i < 2000; i += 1) {
    eager.tell();
    eager.take(`${i}`);
  }
  expect(eager.tell()).toBe(true);
});

it('gives each file once, and the memory of those that nobody read back', () => {
  const memory = createReadMemory();
  const eager = createEagerReads(memory);
  const kept = Array.from({ length: 17 }, (_, i) => {
    const bytes = memory.take(KIB);
    eager.keep(`${i}`, bytes);
    return bytes;
  });
  expect(eager.take('16')).toBe(kept[16]);
  expect(eager.take('16')).toBeUndefined();
  expect(eager.take('0')).toBeUndefined();
  expect(memory.take(KIB).buffer).toBe(kept[0]?.buffer);
});

it('uses memory again, and frees what is too long to be kept', () => {
  const memory = createReadMemory();
  const [small, large] = [memory.take(10), memory.take(300 * KIB)];
  expect([small.length, large.length]).toEqual([10, 300 * KIB]);
  const { buffer } = small;
  memory.giveBack(small);
  memory.giveBack(large);
  expect(large.length).toBe(0);
  expect(memory.take(200 * KIB).buffer).toBe(buffer);
});
