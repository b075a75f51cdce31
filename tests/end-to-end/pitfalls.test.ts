import { virtualClock } from '@holdfast/testkit';
import { describe, expect, it } from 'vitest';
import { pitfalls } from './pitfalls.ts';
import { startWorld } from './world.ts';

/** Those that concern mail; 21 is about contacts, 23 about the archive, 26 about calendars, 31 about settings. */
const WANTED = [...Array.from({ length: 20 }, (_, index) => index + 1), 22, 24, 25, 27, 28, 29, 30];

describe('the source and the target', () => {
  it('are tried with every pitfall of mail, and with no other', () => {
    expect(pitfalls.map(({ number }) => number)).toEqual(WANTED);
  });

  for (const { number, title, world: options, run } of pitfalls) {
    // oxlint-disable-next-line vitest/expect-expect -- the rows assert
    it(`pitfall ${number}: ${title}`, async () => {
      const clock = virtualClock();
      await using world = await startWorld({ key: 'none', clock, clientClock: clock, ...options });
      await clock.runUntil(run(world));
    }, 120_000);
  }
});
