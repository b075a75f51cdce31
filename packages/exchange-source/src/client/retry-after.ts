/**
 * How long the service asks to wait, in milliseconds: seconds, which Exchange writes with decimals too, or an HTTP date
 * (RFC 9110, section 10.2.3). A date is compared with the service's own clock, if the answer tells it: this one may be
 * wrong. `undefined` if it does not say, or nothing that can be read.
 */
export function retryAfterMs(headers: Headers, now: number): number | undefined {
  const value = headers.get('retry-after')?.trim();
  if (value === undefined || value === '') return undefined;
  if (/^\d+(?:\.\d+)?$/.test(value)) return Math.ceil(Number(value) * 1000);
  const time = Date.parse(value);
  const serviceNow = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(time) ? undefined : Math.max(0, time - (Number.isNaN(serviceNow) ? now : serviceNow));
}
