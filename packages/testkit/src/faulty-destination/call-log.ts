import type { DestinationCall, DestinationCallKind, DestinationCallRecord } from './destination-faults.ts';

/** A record while its call is under way. */
export type OpenRecord = { -readonly [Key in keyof DestinationCallRecord]: DestinationCallRecord[Key] };

/** Numbers the calls and remembers them. */
export interface CallLog {
  /** All calls so far, in the order they began. */
  readonly calls: readonly DestinationCallRecord[];
  /** Begins a record. */
  begin(kind: DestinationCallKind, name: string, bytes: number): OpenRecord;
}

/** Makes an empty log. */
export function callLog(): CallLog {
  const calls: OpenRecord[] = [];
  return {
    calls,
    begin(kind, name, bytes) {
      const call: DestinationCall = { number: calls.length + 1, kind, name, bytes };
      const record: OpenRecord = { ...call, landed: undefined, failed: false };
      calls.push(record);
      return record;
    },
  };
}
