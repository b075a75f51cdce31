import { DestinationError, systemClock } from '@holdfast/contracts';
import type { ByteRange, Clock, Destination, ObjectInfo, OperationOptions, PutOptions } from '@holdfast/contracts';
import { callLog } from './call-log.ts';
import type { CallLog, OpenRecord } from './call-log.ts';
import type { DestinationCallRecord, DestinationFault, DestinationFaults } from './destination-faults.ts';
import { storageSpace } from './storage-space.ts';
import type { StorageSpace } from './storage-space.ts';
import { visibility } from './visibility.ts';
import type { Visibility } from './visibility.ts';

/** Options of {@link faultyDestination}. */
export interface FaultyDestinationOptions {
  /** What goes wrong. Keep it, and change it at any time. @defaultValue nothing */
  readonly faults?: DestinationFaults | undefined;
  /** Time of delays, slowness and lag. @defaultValue the clock of the machine */
  readonly clock?: Clock | undefined;
}

/** A destination in which everything goes wrong that was ordered, and nothing else. */
export interface FaultyDestination extends Destination {
  /** What goes wrong; may be changed at any time. */
  readonly faults: DestinationFaults;
  /** All calls so far, in the order they began. */
  readonly calls: readonly DestinationCallRecord[];
  /**
   * Makes another connection to the same storage: faults, log, lag and used space are shared. Closing one does not close
   * the other.
   */
  reconnect(inner: Destination): FaultyDestination;
}

/** What all connections to a storage share. */
interface Shared {
  readonly faults: DestinationFaults;
  readonly clock: Clock;
  readonly log: CallLog;
  readonly space: StorageSpace;
  readonly visible: Visibility;
}

/**
 * Stands before a destination and lets its calls fail as ordered: before or after they did their work, torn, late,
 * slowly, for lack of space, or because an object must be kept. With no fault ordered, it keeps every promise that the
 * destination behind it keeps.
 *
 * @example The second put lands, and the answer is lost
 * ```ts
 * import { DestinationError } from '@holdfast/contracts';
 * import { memoryDestination } from '@holdfast/destinations/memory';
 * import { faultsInTurn, faultyDestination } from '@holdfast/testkit';
 *
 * const lost = { landed: true, error: new DestinationError('ERR_UNAVAILABLE', { name: 'b' }) };
 * const destination = faultyDestination(memoryDestination(), { faults: { put: faultsInTurn([undefined, lost]) } });
 * await destination.put('a', Uint8Array.of(1));
 * const told = await destination.put('b', Uint8Array.of(2)).catch((error: unknown) => error);
 * console.log(told === lost.error, (await destination.get('b')).length); // true 1
 * ```
 */
export function faultyDestination(
  inner: Destination,
  { faults = {}, clock = systemClock }: FaultyDestinationOptions = {},
): FaultyDestination {
  return connect(inner, { faults, clock, log: callLog(), space: storageSpace(), visible: visibility(clock) });
}

function connect(inner: Destination, shared: Shared): FaultyDestination {
  const { faults, clock, log, space, visible } = shared;
  const underWay = new Set<Promise<unknown>>();
  let closed = false;

  function faultOf(record: OpenRecord): DestinationFault {
    const { number, kind, name, bytes } = record;
    const call = { number, kind, name, bytes };
    return faults[kind]?.(call) ?? faults.any?.(call) ?? {};
  }

  async function pass(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
    if (milliseconds > 0) await clock.sleep(milliseconds, { signal });
  }

  /** Counts the call as under way until it has ended. */
  async function gated<T>(call: () => Promise<T>): Promise<T> {
    if (closed) throw new TypeError(`the destination "${inner.title}" is closed`);
    const result = call();
    underWay.add(result);
    try {
      return await result;
    } finally {
      underWay.delete(result);
    }
  }

  /** Waits and fails as ordered before the call does its work; resolves to what is ordered for later. */
  async function begin(record: OpenRecord, signal: AbortSignal | undefined): Promise<DestinationFault> {
    const fault = faultOf(record);
    signal?.throwIfAborted();
    await pass((fault.delayMs ?? 0) + (faults.slow?.callMs ?? 0), signal);
    const acts = fault.error === undefined || fault.landed === true || fault.tornAt !== undefined;
    if (!acts) throw fault.error;
    return fault;
  }

  /** Does what all calls but listings have in common; `act` does the work and notes in the record what landed. */
  function run<T>(
    record: OpenRecord,
    signal: AbortSignal | undefined,
    act: (fault: DestinationFault) => Promise<T>,
  ): Promise<T> {
    return gated(async () => {
      try {
        const fault = await begin(record, signal);
        const result = await act(fault);
        if (fault.error !== undefined) throw fault.error;
        return result;
      } catch (error) {
        record.failed = true;
        record.landed ??= 'nothing';
        throw error;
      }
    });
  }

  async function put(record: OpenRecord, bytes: Uint8Array, options: PutOptions | undefined, tornAt = Infinity) {
    const { name } = record;
    await pass((faults.slow?.byteMs ?? 0) * bytes.byteLength, options?.signal);
    const isTorn = tornAt < bytes.byteLength;
    const stored = isTorn ? bytes.subarray(0, Math.max(0, tornAt)) : bytes;
    const { capacity, lag } = faults;
    const giveBack = capacity === undefined ? undefined : await space.take(inner, capacity, name, stored.byteLength);
    let show: (() => void) | undefined;
    try {
      const old = lag === undefined ? undefined : await visible.before(inner, name, record.number);
      if (lag !== undefined) show = visible.hide(name, lag, record.number, old);
      await inner.put(name, stored, options);
      // Once more: the time counts from when the put is done.
      if (lag === undefined) visible.forget(name);
      else visible.hide(name, lag, log.calls.length, old);
    } catch (error) {
      giveBack?.();
      show?.();
      throw error;
    }
    if (giveBack === undefined) space.note(name, stored.byteLength);
    record.landed = isTorn ? 'part' : 'whole';
  }

  async function get(record: OpenRecord, range: ByteRange | undefined, options: OperationOptions | undefined) {
    const { name, number } = record;
    const sight = visible.sight('get', name, number);
    const bytes = sight === 'as it is' ? await inner.get(name, { ...options, range }) : cut(sight.old, name, range);
    await pass((faults.slow?.byteMs ?? 0) * bytes.byteLength, options?.signal);
    record.landed = 'whole';
    return bytes;
  }

  async function* list(prefix: string, options: OperationOptions | undefined): AsyncGenerator<ObjectInfo> {
    const record = log.begin('list', prefix, 0);
    try {
      const fault = await gated(() => begin(record, options?.signal));
      let left = fault.tornAt ?? Infinity;
      for await (const info of inner.list(prefix, options)) {
        const sight = visible.sight('list', info.name, record.number);
        if (sight !== 'as it is' && sight.old === undefined) continue;
        if (left <= 0) break;
        left -= 1;
        record.landed = 'part';
        yield sight === 'as it is' ? info : { name: info.name, size: seen(sight.old, info.name).length };
      }
      if (fault.error !== undefined) throw fault.error;
      if (left > 0) record.landed = 'whole';
    } catch (error) {
      record.failed = true;
      throw error;
    } finally {
      record.landed ??= 'nothing';
    }
  }

  return {
    title: inner.title,
    capabilities: inner.capabilities,
    faults,
    calls: log.calls,
    put(name, bytes, options) {
      const record = log.begin('put', name, bytes.byteLength);
      return run(record, options?.signal, ({ tornAt }) => put(record, bytes, options, tornAt));
    },
    get(name, { range, ...options } = {}) {
      const record = log.begin('get', name, 0);
      return run(record, options.signal, async ({ change = (bytes) => bytes }) =>
        change(await get(record, range, options)),
      );
    },
    stat(name, options) {
      const record = log.begin('stat', name, 0);
      return run(record, options?.signal, async () => {
        const sight = visible.sight('stat', name, record.number);
        const info =
          sight === 'as it is' ? await inner.stat(name, options) : { name, size: seen(sight.old, name).length };
        record.landed = 'whole';
        return info;
      });
    },
    list,
    delete(name, options) {
      const record = log.begin('delete', name, 0);
      return run(record, options?.signal, async () => {
        if (faults.locked?.(name) === true) throw new DestinationError('ERR_RETENTION_LOCKED', { name });
        await inner.delete(name, options);
        visible.forget(name);
        space.note(name, undefined);
        record.landed = 'whole';
      });
    },
    reconnect: (again) => connect(again, shared),
    async [Symbol.asyncDispose]() {
      closed = true;
      await Promise.allSettled(underWay);
      await inner[Symbol.asyncDispose]();
    },
  };
}

function seen(old: Uint8Array | undefined, name: string): Uint8Array {
  if (old === undefined) throw new DestinationError('ERR_OBJECT_NOT_FOUND', { name });
  return old;
}

/** A range of the old bytes, as a destination reads it. */
function cut(old: Uint8Array | undefined, name: string, range: ByteRange | undefined): Uint8Array {
  const bytes = seen(old, name);
  if (range === undefined) return bytes.slice();
  if (range.offset + range.length > bytes.byteLength) throw new DestinationError('ERR_RANGE_INVALID', { name });
  return bytes.slice(range.offset, range.offset + range.length);
}
