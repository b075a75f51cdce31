import { SourceError } from '@holdfast/contracts';
import { seededRandomness, virtualClock } from '@holdfast/testkit';
import { expect, test } from 'vitest';

import type { ServiceResponse } from '../../src/client/call.ts';
import { retryAfterMs } from '../../src/client/retry-after.ts';
import { retryPolicy } from '../../src/client/retry-policy.ts';
import type { RetryLimits, RetryPolicy } from '../../src/client/retry-policy.ts';

function answer(status: number, retryAfter?: string, errorCode?: string): ServiceResponse {
  const headers = new Headers(retryAfter === undefined ? {} : { 'retry-after': retryAfter });
  return { status, ok: status < 300, cut: false, headers, bytes: new Uint8Array(), json: undefined, errorCode };
}

function policy({ attempts = 8, failedAnswers }: Partial<RetryLimits> = {}): RetryPolicy {
  return retryPolicy(virtualClock({ start: 0 }), seededRandomness(1), { attempts, failedAnswers });
}

test.each([
  ['3', 3000],
  ['2.128', 2128],
  ['0.249', 249],
  ['0', 0],
  ['Thu, 01 Jan 1970 00:00:07 GMT', 7000],
  ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
  ['soon', undefined],
  ['', undefined],
])('reads Retry-After %j as %s ms', (value, expected) => {
  expect(retryAfterMs(new Headers({ 'retry-after': value }), 0)).toBe(expected);
});

test('waits out throttling as long as the service asks, without counting it', () => {
  const retries = policy({ attempts: 2 });
  for (let round = 0; round < 50; round++) {
    expect(retries.afterResponse(answer(429, '1.5'))).toEqual({ waitMs: 1500, throttled: true });
    expect(retries.afterResponse(answer(503, '1'))).toEqual({ waitMs: 1000, throttled: true });
  }
  expect(retries.afterResponse(answer(500))).toMatchObject({ throttled: false });
  expect(retries.afterResponse(answer(500))).toBeUndefined();
});

test('backs off by itself where the service names no time, longer each time and at most a minute', () => {
  const retries = policy();
  const waits = Array.from({ length: 12 }, () => retries.afterResponse(answer(429))?.waitMs ?? 0);
  for (const [index, wait] of waits.entries()) {
    const ceiling = Math.min(60_000, 500 * 2 ** index);
    expect(wait).toBeGreaterThanOrEqual(ceiling / 2);
    expect(wait).toBeLessThanOrEqual(ceiling);
  }
});

test('backs off by itself where the service asks for no wait, or for one that is over, and gives up in the end', () => {
  for (const retryAfter of ['0', 'Thu, 01 Jan 1970 00:00:00 GMT']) {
    const retries = policy();
    const throttled = (): number => {
      const wait = retries.afterResponse(answer(429, retryAfter));
      return wait?.waitMs ?? 0;
    };
    expect(throttled()).toBeGreaterThanOrEqual(250);
    expect(() => Array.from({ length: 1000 }, throttled)).toThrow(SourceError);
  }
});

test('tells the caller when throttling goes on for an hour', () => {
  const retries = policy();
  for (const seconds of [601, 2400, 599]) {
    expect(retries.afterResponse(answer(429, String(seconds)))?.waitMs).toBe(seconds * 1000);
  }
  expect(() => retries.afterResponse(answer(429, '1', 'ApplicationThrottled'))).toThrow(SourceError);
});

test('does not wait at all for more than an hour, but says how long it would take', () => {
  expect(policy().afterResponse(answer(429, '3600'))?.waitMs).toBe(3_600_000);
  expect(() => policy().afterResponse(answer(429, '3601'))).toThrow(
    expect.objectContaining({ code: 'ERR_SOURCE_THROTTLED', retryAfterMs: 3_601_000 }),
  );
});

test('limits failed answers by themselves, without taking a connection that fails for one', () => {
  const retries = policy({ failedAnswers: 2 });
  expect(retries.afterFailure()).toBeDefined();
  expect(retries.afterFailure()).toBeDefined();
  expect(retries.afterResponse(answer(500))).toBeDefined();
  expect(retries.afterResponse({ ...answer(200), cut: true })).toBeUndefined();
});

test('tries broken connections and passing failures eight times in all', () => {
  const retries = policy();
  const outcomes = [
    retries.afterFailure(),
    ...[500, 502, 503, 504, 408, 500].map((s) => retries.afterResponse(answer(s))),
  ];
  expect(outcomes.every((outcome) => outcome !== undefined && !outcome.throttled)).toBe(true);
  expect(retries.afterFailure()).toBeUndefined();
});

test.each([
  answer(200),
  answer(400),
  answer(404),
  answer(410),
  answer(500, undefined, 'ErrorCorruptData'),
  answer(500, undefined, 'ErrorMimeContentConversionFailed'),
])('takes $status $errorCode as final', (response) => {
  expect(policy().afterResponse(response)).toBeUndefined();
});
