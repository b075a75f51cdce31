/** Refuses a value that is not one of a few words: plain JavaScript and parsed JSON are not held to types. */
export function requireOneOf(name: string, value: string, allowed: readonly string[]): void {
  if (!allowed.includes(value)) throw new RangeError(`${name} must be one of ${allowed.join(', ')}, got "${value}"`);
}
