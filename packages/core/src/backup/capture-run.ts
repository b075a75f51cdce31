import type { Randomness } from '@holdfast/contracts';
import { CAPTURE_MODES } from '../capture/capture-options.ts';
import type { ResolvedCapture } from '../capture/capture-options.ts';
import { equalOptionalBytes } from '../internal/bytes.ts';
import { DOMAIN_LENGTH } from '../objects/domain-blob.ts';
import { newestFirst } from '../snapshot/chain-heads.ts';
import type { StoredSnapshot } from '../snapshot/snapshot-store.ts';
import type { SnapshotCapture } from '../snapshot/snapshot.ts';
import type { NodeReference } from '../tree/tree-record.ts';

/** What a run is, and what it begins with. */
export interface CaptureRun {
  /** What its snapshots say. */
  readonly capture: SnapshotCapture;
  /** What ids of its blobs are made with. */
  readonly domain: Uint8Array | undefined;
  /** Collection tree that tells what is known of the source. */
  readonly known: NodeReference | undefined;
  /** Collection tree that its own are made from; undefined if they are made from nothing. */
  readonly root: NodeReference | undefined;
  /** Whether it goes on with a run that was interrupted. */
  readonly resumes: boolean;
  /** Whether it takes no cursor over: every collection is told from its beginning. */
  readonly afresh: boolean;
  /** Whether what an interrupted run noted as having left may only be found in the last complete snapshot. */
  readonly recalls: boolean;
}

/** Where a run stands. */
export interface CaptureStand {
  /** Snapshots of the source that no other one continues; first the one whose records are taken. */
  readonly heads: readonly StoredSnapshot[];
  /** All snapshots that can be read. */
  readonly snapshots: readonly StoredSnapshot[];
  /** For a new domain. */
  readonly randomness: Randomness;
}

/** Decides what a run is, by what is asked for and what there is. */
export function chooseCapture(asked: ResolvedCapture, { heads, snapshots, randomness }: CaptureStand): CaptureRun {
  const [head] = heads;
  const { domain, root } = head ?? {};
  const interrupted = head?.snapshot.state === 'checkpoint';

  if (head !== undefined && interrupted && weightOf(head.snapshot.capture) >= weightOf(asked)) {
    const { capture } = head.snapshot;
    return { capture, domain, known: root, root, resumes: true, afresh: false, recalls: true };
  }
  if (head !== undefined && asked.mode === 'incremental') {
    const capture: SnapshotCapture = { mode: 'incremental', base: head.snapshot.id, selfContained: false };
    return { capture, domain, known: root, root, resumes: false, afresh: false, recalls: false };
  }
  const base = head !== undefined && asked.mode === 'differential' ? lastFull(head, snapshots) : undefined;
  if (base !== undefined) {
    const capture: SnapshotCapture = { mode: 'differential', base: base.snapshot.id, selfContained: false };
    return { capture, domain, known: base.root, root: base.root, resumes: false, afresh: false, recalls: false };
  }
  const { selfContained } = asked;
  return {
    capture: { mode: 'full', base: undefined, selfContained },
    domain: selfContained ? randomness.bytes(DOMAIN_LENGTH) : domain,
    known: root,
    root: selfContained ? undefined : root,
    resumes: false,
    afresh: true,
    recalls: interrupted,
  };
}

/** Orders what can be asked for: what weighs more does everything that the lighter one does. */
function weightOf({ mode, selfContained }: ResolvedCapture): number {
  return CAPTURE_MODES.indexOf(mode) + (selfContained ? 1 : 0);
}

/** The last full that shares its domain with the head: another one would bring back what a self-contained full left. */
function lastFull(head: StoredSnapshot, snapshots: readonly StoredSnapshot[]): StoredSnapshot | undefined {
  return snapshots
    .filter(
      ({ snapshot, domain }) =>
        snapshot.source.id === head.snapshot.source.id &&
        snapshot.state === 'complete' &&
        snapshot.capture.mode === 'full' &&
        equalOptionalBytes(domain, head.domain),
    )
    .toSorted(newestFirst)[0];
}
