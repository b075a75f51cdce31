import { createHmac } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** HMAC of RFC 2104 with SHA-256 over parts back to back: 32 bytes in an array of their own. */
export function hmac(key: Uint8Array | KeyObject, ...parts: readonly Uint8Array[]): Uint8Array {
  const mac = createHmac('sha256', key);
  for (const part of parts) mac.update(part);
  return new Uint8Array(mac.digest());
}
