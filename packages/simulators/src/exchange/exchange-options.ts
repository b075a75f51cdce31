import { systemClock } from '@holdfast/contracts';
import type { Clock } from '@holdfast/contracts';

import type { UploadCasing } from './server/faults.ts';
import type { Weather } from './server/weather.ts';

/** An .eml file that a mailbox is filled with. */
export interface EmlFile {
  /**
   * Path of the file, with `/`. Its folders become mail folders below the top of the mailbox; a file without a folder
   * lands in the inbox.
   */
  readonly path: string;
  /** The bytes of the file. */
  readonly bytes: Uint8Array;
}

/** What a mailbox holds when the simulator starts. */
export interface MailboxSetup {
  /** Name of the owner. @defaultValue the part of the address before `@` */
  readonly displayName?: string | undefined;
  /** How many messages a demo mailbox is made of. @defaultValue `0` */
  readonly messages?: number | undefined;
  /** Messages that are delivered from their bytes. @defaultValue none */
  readonly eml?: readonly (EmlFile | Uint8Array)[] | undefined;
  /** An inactive mailbox belongs to a user and answers 404 `MailboxNotEnabledForRESTAPI`. @defaultValue `'active'` */
  readonly state?: 'active' | 'inactive' | undefined;
}

/** Options of {@link startExchange}. */
export interface StartExchangeOptions {
  /** Mailboxes by address. */
  readonly mailboxes: Readonly<Record<string, MailboxSetup>>;
  /** Everything that looks random follows from it. @defaultValue `1` */
  readonly seed?: number | undefined;
  /** Where time comes from. @defaultValue the clock of the machine */
  readonly clock?: Clock | undefined;
  /** TCP port on 127.0.0.1; 0 takes a free one. @defaultValue `0` */
  readonly port?: number | undefined;
  /**
   * How many of the newest links of one round of change tracking stay valid; older ones answer 410.
   *
   * @defaultValue `16`
   */
  readonly deltaGenerations?: number | undefined;
  /** Share of items that a page of change tracking shows twice, from 0 to 1. @defaultValue `0` */
  readonly replayRate?: number | undefined;
  /** Share of new messages that answer 404 to the first write of an attachment, from 0 to 1. @defaultValue `0` */
  readonly settleRate?: number | undefined;
  /**
   * Share of writes to a message (its properties, its attachments, ranges of them) that answer 412
   * `ErrorIrresolvableConflict` without doing anything, from 0 to 1; the next write to the same message succeeds.
   *
   * @defaultValue `0`
   */
  readonly conflictRate?: number | undefined;
  /** How names are written in the answers to upload ranges. @defaultValue `'documented'` */
  readonly uploadCasing?: UploadCasing | undefined;
  /**
   * Reproduces a defect of the service: with immutable ids, a message that was moved away and back between two rounds is
   * shown as removed only (microsoft-graph-docs-contrib issue 72).
   *
   * @defaultValue `false`
   */
  readonly immutableIdHole?: boolean | undefined;
  /**
   * How many attachments of a message can be had expanded in one answer; more of them answer 503 without a body.
   *
   * @defaultValue `100`
   */
  readonly expandableAttachments?: number | undefined;
  /** Milliseconds on `clock` that every request on a mailbox takes at least. @defaultValue `0` */
  readonly latencyMs?: number | undefined;
  /**
   * Milliseconds on `clock` that an access token is valid; `expires_in` has them in whole seconds.
   *
   * @defaultValue `3_599_000`
   */
  readonly tokenLifetimeMs?: number | undefined;
  /** Faults that come by themselves, by seed. @defaultValue none */
  readonly weather?: Weather | undefined;
}

/** {@link StartExchangeOptions} with defaults filled in. */
export type ResolvedExchangeOptions = {
  readonly [Name in Exclude<keyof StartExchangeOptions, 'weather'>]-?: NonNullable<StartExchangeOptions[Name]>;
} & Pick<StartExchangeOptions, 'weather'>;

/** Fills in defaults and refuses nonsense. */
export function resolveExchangeOptions(options: StartExchangeOptions): ResolvedExchangeOptions {
  const {
    mailboxes,
    seed = 1,
    clock = systemClock,
    port = 0,
    deltaGenerations = 16,
    replayRate = 0,
    settleRate = 0,
    conflictRate = 0,
    uploadCasing = 'documented',
    immutableIdHole = false,
    expandableAttachments = 100,
    latencyMs = 0,
    tokenLifetimeMs = 3_599_000,
    weather,
  } = options;
  for (const address of Object.keys(mailboxes)) {
    if (!/^[^@\s/]+@[^@\s/]+$/.test(address)) throw new TypeError(`not an address of a mailbox: ${address}`);
  }
  if (!Number.isInteger(deltaGenerations) || deltaGenerations < 1) {
    throw new RangeError(`deltaGenerations must be a positive integer, got ${deltaGenerations}`);
  }
  for (const [name, rate] of Object.entries({ replayRate, settleRate, conflictRate })) {
    if (!(rate >= 0 && rate <= 1)) throw new RangeError(`${name} must be from 0 to 1, got ${rate}`);
  }
  if (!Number.isInteger(expandableAttachments) || expandableAttachments < 0) {
    throw new RangeError(`expandableAttachments must be a whole number, got ${expandableAttachments}`);
  }
  if (!(tokenLifetimeMs >= 0)) throw new RangeError(`tokenLifetimeMs must not be negative, got ${tokenLifetimeMs}`);
  return {
    mailboxes,
    seed,
    clock,
    port,
    deltaGenerations,
    replayRate,
    settleRate,
    conflictRate,
    uploadCasing,
    immutableIdHole,
    expandableAttachments,
    latencyMs,
    tokenLifetimeMs,
    weather,
  };
}
