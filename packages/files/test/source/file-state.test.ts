import { describe, expect, it } from 'vitest';
import { contentKeyOf, mayChangeUnseen } from '../../src/source/file-state.ts';

const coarse = { size: 3, modified: 10_000, changed: 10_000, created: 0 };

describe('the state of a file', () => {
  it('proves nothing while whole seconds are all that is known and the second may not be over', () => {
    expect(mayChangeUnseen(coarse, 10_500)).toBe(true);
    expect(mayChangeUnseen(coarse, 12_001)).toBe(false);
    expect(mayChangeUnseen({ ...coarse, changed: 10_000.25 }, 10_500)).toBe(false);
  });

  it('proves what it can of a file from the future, which would else be read in every run', () => {
    expect(mayChangeUnseen(coarse, 9000)).toBe(false);
  });

  it('gives a key that changes once the second is over, so that the file is read once more', () => {
    expect(contentKeyOf(coarse, 10_500)).not.toBe(contentKeyOf(coarse, 20_000));
    expect(contentKeyOf(coarse, 20_000)).toBe(contentKeyOf(coarse, 30_000));
  });

  it('gives another key for another size, content time or change time', () => {
    const keys = [coarse, { ...coarse, size: 4 }, { ...coarse, modified: 10_000.5 }, { ...coarse, changed: 9000 }];
    expect(new Set(keys.map((state) => contentKeyOf(state, 99_999))).size).toBe(4);
  });
});
