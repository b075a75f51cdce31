import { requireOneOf } from '../internal/require-one-of.ts';
import type { CaptureMode } from '../snapshot/snapshot.ts';

/**
 * How much a run is to ask its source for. Plain data: {@link captureModeFor} gives it, and it survives JSON.
 *
 * The first run of a source is a full, whatever is asked for, and so is a differential where there is no full to count
 * from. A run that finds the checkpoint of one that was interrupted goes on with that one, in its mode, unless more is
 * asked for: what an interrupted full has read counts as read, and what it has not is still read.
 */
export interface CaptureOptions {
  /** How much is asked for. @defaultValue `'incremental'` */
  readonly mode?: CaptureMode | undefined;
  /**
   * Whether a full shares nothing with what was stored before it: every body and every tree node is stored anew, and later
   * runs of the source go on in the same way, so that they need nothing older either. It costs the storage of a first
   * backup. What cannot be read from the source this time is copied out of what is stored.
   *
   * @defaultValue `false`
   */
  readonly selfContained?: boolean | undefined;
}

/** {@link CaptureOptions} with defaults filled in. */
export interface ResolvedCapture {
  /** See {@link CaptureOptions.mode}. */
  readonly mode: CaptureMode;
  /** See {@link CaptureOptions.selfContained}. */
  readonly selfContained: boolean;
}

/** All modes, from the one that asks for least. */
export const CAPTURE_MODES: readonly CaptureMode[] = ['incremental', 'differential', 'full'];

/**
 * Fills in defaults. One set of options takes the place of another whole, never member by member.
 *
 * @throws `RangeError` if there is no such mode, or something other than a full is to be self-contained.
 */
export function resolveCapture(options: CaptureOptions = {}): ResolvedCapture {
  const { mode = 'incremental', selfContained = false } = options;
  requireOneOf('capture mode', mode, CAPTURE_MODES);
  if (typeof selfContained !== 'boolean') {
    throw new RangeError(`selfContained must be true or false, got ${String(selfContained)}`);
  }
  if (selfContained && mode !== 'full') {
    throw new RangeError(`only a full can be selfContained: say mode 'full', or leave selfContained out of '${mode}'`);
  }
  return { mode, selfContained };
}
