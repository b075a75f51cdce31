import { virtualClock } from '@holdfast/testkit';
import { describe, expect, it } from 'vitest';
import { createPace } from '../../src/internal/pace.ts';

describe('the pace of asking the file system', () => {
  it('is synchronous until a call takes long, and then asynchronous for a while', async () => {
    const clock = virtualClock();
    const pace = createPace(clock);
    expect(pace.mayBlock()).toBe(true);
    expect(pace.quickly(() => 'answer')).toBe('answer');
    expect(pace.mayBlock()).toBe(true);
    let now = 0;
    const slow = createPace({ ...clock, now: () => (now += 20) });
    slow.quickly(() => {});
    const answers = Array.from({ length: 250 }, () => slow.mayBlock());
    expect(answers.indexOf(true)).toBe(200);
  });

  it('lets others have their turn after ten milliseconds, once for all who wait', async () => {
    let now = 0;
    const pace = createPace({ now: () => now, sleep: () => Promise.resolve() });
    expect(pace.rest()).toBeUndefined();
    now = 10;
    const rests = [pace.rest(), pace.rest()];
    expect(rests[0]).toBeInstanceOf(Promise);
    expect(rests[1]).toBe(rests[0]);
    const order: string[] = [];
    setImmediate(() => order.push('another'));
    await rests[0];
    order.push('rested');
    expect(pace.rest()).toBeUndefined();
    await new Promise((resolve) => setImmediate(resolve));
    expect(order).toContain('another');
  });
});
