import type { RequestLog } from '@holdfast/simulators/exchange';

/** A batch is only an envelope: what is in it is counted by itself. */
const FREE: ReadonlySet<string> = new Set(['batch', 'delta', 'folders', 'token']);

/** The kinds of requests that were for anything but a token, folders and changes. */
export function otherThanFoldersAndChanges(counts: RequestLog['counts']): string[] {
  return Object.entries(counts)
    .filter(([kind, count]) => count > 0 && !FREE.has(kind))
    .map(([kind]) => kind);
}
