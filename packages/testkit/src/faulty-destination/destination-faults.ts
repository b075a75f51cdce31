/** The calls of a destination that can go wrong. */
export type DestinationCallKind = 'delete' | 'get' | 'list' | 'put' | 'stat';

/** A call of a destination, as it comes in. */
export interface DestinationCall {
  /** Which call of all it is, counted from 1. */
  readonly number: number;
  /** Which method. */
  readonly kind: DestinationCallKind;
  /** Name of the object; of a listing, its prefix. */
  readonly name: string;
  /** Bytes that are to be put; 0 for every other kind. */
  readonly bytes: number;
}

/** A call as it went. */
export interface DestinationCallRecord extends DestinationCall {
  /**
   * What the call did to the storage, or read of it, whatever the caller was told: `'whole'`, `'nothing'`, or `'part'`
   * for a torn put and a listing that broke off. `undefined` while it is under way.
   */
  readonly landed: 'nothing' | 'part' | 'whole' | undefined;
  /** Whether the caller was told that it failed. */
  readonly failed: boolean;
}

/** What goes wrong with one call. */
export interface DestinationFault {
  /** What the call rejects with. @defaultValue it does not reject */
  readonly error?: unknown;
  /** Whether the call does its work before it rejects, as when an answer is lost. @defaultValue `false` */
  readonly landed?: boolean | undefined;
  /**
   * Of a put, how many of the first bytes are stored under the name: what the contract forbids and a broken store does.
   * Of a listing, how many entries come. Then the call rejects with `error`; a put without one resolves as if all were
   * well.
   */
  readonly tornAt?: number | undefined;
  /** Of a get, what becomes of the bytes on the way. */
  readonly change?: ((bytes: Uint8Array) => Uint8Array) | undefined;
  /** How long the call waits before it begins, in milliseconds. @defaultValue `0` */
  readonly delayMs?: number | undefined;
}

/** Chooses what goes wrong with a call: nothing, or a fault. Asked once for each call, in the order they begin. */
export type FaultChoice = (call: DestinationCall) => DestinationFault | undefined | void;

/** When objects become visible. With both limits, both must have passed. */
export interface DestinationLag {
  /** So many milliseconds after the put. @defaultValue `0` */
  readonly milliseconds?: number | undefined;
  /** When so many more calls have begun after the put. @defaultValue `0` */
  readonly calls?: number | undefined;
  /** Which calls do not see it. @defaultValue get, stat and list */
  readonly kinds?: readonly ('get' | 'list' | 'stat')[] | undefined;
}

/** How slow a storage is. */
export interface DestinationSlowness {
  /** Milliseconds of each call. @defaultValue `0` */
  readonly callMs?: number | undefined;
  /** Milliseconds of each byte that is put or got. @defaultValue `0` */
  readonly byteMs?: number | undefined;
}

/** What goes wrong in a {@link FaultyDestination}. May be changed at any time; each call follows it as it then is. */
export interface DestinationFaults {
  /** Chooses for each put. */
  put?: FaultChoice | undefined;
  /** Chooses for each get. */
  get?: FaultChoice | undefined;
  /** Chooses for each stat. */
  stat?: FaultChoice | undefined;
  /** Chooses for each listing. */
  list?: FaultChoice | undefined;
  /** Chooses for each delete. */
  delete?: FaultChoice | undefined;
  /** Chooses for each call for which its own kind chose nothing. */
  any?: FaultChoice | undefined;
  /** Lets objects that are put from now on become visible later. An object that is replaced shows its old bytes meanwhile. */
  lag?: DestinationLag | undefined;
  /** Makes calls take time. */
  slow?: DestinationSlowness | undefined;
  /**
   * How many bytes fit in, in all; a put that does not fit rejects with `ERR_STORAGE_FULL` and leaves nothing. Deleting
   * makes room. It counts what is there at the first put under a capacity and what comes and goes through this
   * destination since.
   */
  capacity?: number | undefined;
  /** Which objects the storage must keep: deleting them rejects with `ERR_RETENTION_LOCKED`. */
  locked?: ((name: string) => boolean) | undefined;
}
