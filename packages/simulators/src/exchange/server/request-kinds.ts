import type { RequestKind } from './request-log.ts';

/** Whether a fault for some kinds of requests fits a request; without kinds it fits all of Microsoft Graph. */
export function fitsKinds(kinds: readonly RequestKind[] | undefined, kind: RequestKind): boolean {
  return kinds === undefined ? kind !== 'token' : kinds.includes(kind);
}
