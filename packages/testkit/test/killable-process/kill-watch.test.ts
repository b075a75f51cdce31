import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../src/index.ts';
import type { KillMoment } from '../../src/index.ts';
import { killWatch } from '../../src/killable-process/kill-watch.ts';

/** After which of the lines the kill comes, counted from 1; 0 before all of them. */
function killedAfter(moments: readonly KillMoment[], lines: readonly string[]): number | undefined {
  let seen = 0;
  let killed: number | undefined;
  const watch = killWatch(moments, virtualClock(), () => {
    expect(killed, 'it is killed once').toBeUndefined();
    killed = seen;
  });
  for (const line of lines) {
    seen += 1;
    watch.see(line);
  }
  return killed;
}

describe('the moment of a kill', () => {
  const lines = ['item', 'checkpoint', 'item', 'item', 'checkpoint', 'item', 'item'];

  it.each<[string, readonly KillMoment[], number | undefined]>([
    ['never', [], undefined],
    ['the beginning', [{}], 0],
    ['a number of any lines', [{ count: 3 }], 3],
    ['the first line of a kind', [{ line: /^checkpoint/ }], 2],
    ['a later line of a kind, whatever the flags', [{ line: /^checkpoint/g, count: 2 }], 5],
    ['a number of lines after another', [{ line: /^checkpoint/ }, { count: 2 }], 4],
    [
      'a kind after another',
      [
        { line: /^checkpoint/, count: 2 },
        { line: /^item/, count: 2 },
      ],
      7,
    ],
    ['no line after another', [{ line: /^checkpoint/ }, { count: 0 }], 2],
    ['a line that does not come', [{ line: /^checkpoint/, count: 3 }], undefined],
  ])('can be %s', (_, moments, after) => {
    expect(killedAfter(moments, lines)).toBe(after);
  });

  it('can be some time after a line, and what is said meanwhile does not count', async () => {
    const clock = virtualClock();
    let killed = false;
    const watch = killWatch([{ line: /a/, afterMs: 100 }, { line: /b/ }], clock, () => {
      killed = true;
    });
    watch.see('a');
    watch.see('b');
    await clock.advance(99);
    watch.see('b');
    await clock.advance(1);
    expect(killed).toBe(false);
    watch.see('b');
    expect(killed).toBe(true);
  });
});
