import { describe, expect, it } from 'vitest';
import { randomProxyFaults, seededRandomness } from '../../src/index.ts';
import type { ProxyFault, RandomProxyFaultRates } from '../../src/index.ts';

const REQUESTS = 4000;

function faults(seed: number, rates: RandomProxyFaultRates): (ProxyFault | undefined)[] {
  const choose = randomProxyFaults(seededRandomness(seed), rates);
  return Array.from({ length: REQUESTS }, (_, index) => {
    const firstLine = index % 2 === 0 ? 'POST /messages HTTP/1.1' : 'GET /messages HTTP/1.1';
    return choose({ number: index + 1, connection: 1, firstLine }) ?? undefined;
  });
}

describe('randomProxyFaults', () => {
  const rates = { lostAnswer: 0.1, cutRequest: 0.1, cutAnswer: 0.1, delayed: 0.1, cutBytes: 500, delayMs: 50 };

  it('are the same for the same seed, as often as asked for, and within their bounds', () => {
    const all = faults(1, rates);
    expect(faults(1, rates)).toEqual(all);
    expect(faults(2, rates)).not.toEqual(all);
    const share = (holds: (fault: ProxyFault) => boolean): number =>
      all.filter((fault) => fault !== undefined && holds(fault)).length / REQUESTS;
    for (const found of [
      share(({ cutAnswerAt }) => cutAnswerAt === 0),
      share(({ cutAnswerAt = 0 }) => cutAnswerAt >= 1 && cutAnswerAt <= 500),
      share(({ cutRequestAt = -1 }) => cutRequestAt >= 0 && cutRequestAt < 500),
      share(({ requestDelayMs = 0, answerDelayMs = 0 }) => requestDelayMs + answerDelayMs > 0),
    ]) {
      expect(found).toBeGreaterThan(0.07);
      expect(found).toBeLessThan(0.13);
    }
    expect(share(({ requestDelayMs = 0, answerDelayMs = 0 }) => requestDelayMs + answerDelayMs > 50)).toBe(0);
  });

  it('meet only requests whose first line fits, and the others do not shift them', () => {
    const all = faults(3, rates);
    const posts = faults(3, { ...rates, firstLine: /^POST /g });
    expect(posts).toEqual(all.map((fault, index) => (index % 2 === 0 ? fault : undefined)));
  });

  it('refuse shares that cannot be', () => {
    for (const bad of [{ lostAnswer: -1 }, { lostAnswer: 0.6, delayed: 0.6 }, { cutAnswer: Number.NaN }]) {
      expect(() => randomProxyFaults(seededRandomness(1), bad)).toThrow(RangeError);
    }
  });
});
