import type { ServiceUsage } from '@holdfast/contracts';

/** What was asked between two readings; kinds that were not asked for are left out. */
export function usageBetween(before: ServiceUsage, after: ServiceUsage): ServiceUsage {
  const byKind: Record<string, number> = {};
  for (const [kind, count] of Object.entries(after.byKind)) {
    const asked = count - (before.byKind[kind] ?? 0);
    if (asked > 0) byKind[kind] = asked;
  }
  return {
    byKind,
    total: after.total - before.total,
    counted: after.counted - before.counted,
    repeated: after.repeated - before.repeated,
    bytesReceived: after.bytesReceived - before.bytesReceived,
    bytesSent: after.bytesSent - before.bytesSent,
    throttledMs: after.throttledMs - before.throttledMs,
  };
}
