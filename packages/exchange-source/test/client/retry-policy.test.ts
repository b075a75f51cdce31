import { SourceError } from '@holdfast/contracts';
import { seededRandomness, virtualClock } from '@holdfast/testkit';
import { expect, test } from 'vitest';

import type { ServiceResponse } from '../../src/client/call.ts';
import { retryAfterMs } from '../../src/client/retry-after.ts';
import { retryPolicy } from '../../src/client/retry-policy.ts';
import type { RetryLimits, RetryPolicy } from '../../src/client/retry-policy.ts';

function answer(status: number, retryAfter?: string, errorCode?: string): ServiceResponse {
  const headers = new Headers(retryAfter === undefined ? {} : { 'retry-after': retryAfter });
  const bytes = new Uint8Array();
  return { status, ok: status < 300, cut: false, headers, bytes, json: undefined, errorCode, attempt: 1 };
}

function policy({ attempts = 8, ...limits }: Partial<RetryLimits> = {}): RetryPolicy {
  return retryPolicy(virtualClock({ start: 0 }), seededRandomness(1), { attempts, ...limits });
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

test.each([
  ['Thu, 01 Jan 1970 01:00:00 GMT', 60_000],
  ['Thu, 01 Jan 1970 05:00:00 GMT', 60_000],
])('takes the date of Retry-After by the clock of the service, whatever its own says: %s', (date, expected) => {
  const later = new Date(Date.parse(date) + 60_000).toUTCString();
  expect(retryAfterMs(new Headers({ 'retry-after': later, date }), Date.parse('1970-01-01T03:00:00Z'))).toBe(expected);
});

test('waits out throttling as long as the service asks, without counting it', () => {
  const retries = policy({ attempts: 2 });
  for (let round = 0; round < 5; round++) {
    expect(retries.afterResponse(answer(429, '1.5'))).toEqual({ waitMs: 1500, cause: 'throttled' });
    expect(retries.afterResponse(answer(503, '1'))).toEqual({ waitMs: 1000, cause: 'throttled' });
  }
  expect(retries.afterResponse(answer(500))).toMatchObject({ cause: 'unavailable' });
  expect(retries.afterResponse(answer(500))).toBeUndefined();
});

test('waits longer and longer, up to a minute, where the service asks for the same second again and again', () => {
  const retries = policy();
  const waits = Array.from({ length: 30 }, () => retries.afterResponse(answer(429, '1'))?.waitMs ?? 0);
  expect(waits.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 1000));
  expect(waits.at(-1)).toBeGreaterThanOrEqual(30_000);
  expect(Math.max(...waits)).toBeLessThanOrEqual(60_000);
});

test.each([
  [429, undefined],
  [509, undefined],
  [503, 'TooManyRequests'],
  [500, 'ErrorServerBusy'],
])('takes %s %s for throttling, which is no failure', (status, code) => {
  const retries = policy({ attempts: 2 });
  for (let round = 0; round < 20; round++) {
    expect(retries.afterResponse(answer(status, undefined, code))?.cause).toBe('throttled');
  }
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
    expect(() => Array.from({ length: 5000 }, throttled)).toThrow(SourceError);
  }
});

test('outlasts a storm of almost a day, and tells the caller when it goes on for longer', () => {
  const retries = policy();
  for (let hour = 0; hour < 24; hour++) expect(retries.afterResponse(answer(429, '3600'))?.waitMs).toBe(3_600_000);
  expect(() => retries.afterResponse(answer(429, '1', 'ApplicationThrottled'))).toThrow(
    expect.objectContaining({ code: 'ERR_SOURCE_THROTTLED', details: { reason: 'ApplicationThrottled' } }),
  );
});

test('does not wait at all for longer than its patience, but says how long it would take', () => {
  const patience = { throttlePatienceMs: 3_600_000 };
  expect(policy(patience).afterResponse(answer(429, '3600'))?.waitMs).toBe(3_600_000);
  expect(() => policy(patience).afterResponse(answer(429, '3601'))).toThrow(
    expect.objectContaining({ code: 'ERR_SOURCE_THROTTLED', retryAfterMs: 3_601_000 }),
  );
});

test('has patience for ever if it is told to', () => {
  const retries = policy({ throttlePatienceMs: Number.POSITIVE_INFINITY });
  for (let day = 0; day < 100; day++) expect(retries.afterResponse(answer(429, '86400'))?.waitMs).toBe(86_400_000);
  // A timer that is set for longer than 24 days goes off at once.
  expect(retries.afterResponse(answer(429, '8640000'))?.waitMs).toBe(86_400_000);
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
  expect(outcomes.every((outcome) => outcome !== undefined && outcome.cause !== 'throttled')).toBe(true);
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
