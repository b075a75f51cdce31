import { seededRandomness } from '@holdfast/testkit';
import { describe, expect, it } from 'vitest';
import { createTextTable } from '../../src/internal/text-table.ts';

describe('createTextTable', () => {
  it('holds what a map holds', () => {
    const dice = seededRandomness(3);
    const table = createTextTable();
    const model = new Map<string, number>();
    for (let i = 0; i < 20_000; i += 1) {
      const text = `${'é🚀\ud800'.slice(dice.integer(0, 3))}${dice.integer(0, 6000)}`;
      expect(table.get(text)).toBe(model.get(text));
      const value = dice.pick([0, 1, i, 2 ** 32 - 1]);
      table.set(text, value);
      model.set(text, value);
    }
    expect(table.size).toBe(model.size);
    for (const [text, value] of model) expect([table.has(text), table.get(text)]).toEqual([true, value]);
    expect([table.has('never set'), table.get('never set')]).toEqual([false, undefined]);
  });

  it('knows nothing at first', () => {
    const table = createTextTable();
    expect([table.has(''), table.get(''), table.size]).toEqual([false, undefined, 0]);
  });
});
