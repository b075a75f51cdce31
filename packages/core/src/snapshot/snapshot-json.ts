import { RepositoryError } from '@holdfast/contracts';
import type { JsonObject } from '@holdfast/contracts';
import { fromHex, toHex } from '../internal/bytes.ts';
import { DOMAIN_LENGTH } from '../objects/domain-blob.ts';
import { placeOf } from '../tree/tree-record.ts';
import type { NodeReference } from '../tree/tree-record.ts';
import type { BlobLocation } from '../index-segments/blob-segment.ts';
import type { CoverageLines } from './coverage-report.ts';
import { isPlain } from './collection-tally.ts';
import type { CaptureMode, CoverageReport, Snapshot, SnapshotStatistics } from './snapshot.ts';

/** A snapshot with what only the engine needs of it. */
export interface SnapshotRecord {
  /** What users see. */
  readonly snapshot: Snapshot;
  /** Keyring generation it was written under. */
  readonly generation: number;
  /** Names of the index segments, in hex, that were written for it. */
  readonly segments: readonly string[];
  /** Root of the collection tree; undefined if there is no collection. */
  readonly root: NodeReference | undefined;
  /** The domain of blob ids that runs of the source go on with; undefined if none. */
  readonly domain: Uint8Array | undefined;
}

/** The newest version of a snapshot that this code reads, and the one it writes. */
export const SNAPSHOT_VERSION = 1;
const COVERAGE_VERSION = 1;

/** Serialises a snapshot: docs/format/snapshots.md. `root` must lie in a stored pack. */
export function serialiseSnapshot(
  snapshot: Snapshot,
  engine: {
    readonly generation: number;
    readonly segments: readonly string[];
    readonly root: { readonly id: Uint8Array; readonly location: BlobLocation } | undefined;
    readonly domain: Uint8Array | undefined;
  },
): string {
  const { root, domain } = engine;
  const { mode, base, selfContained } = snapshot.capture;
  return JSON.stringify({
    holdfast: 'snapshot',
    version: SNAPSHOT_VERSION,
    id: snapshot.id,
    source: snapshot.source,
    state: snapshot.state,
    sequence: snapshot.sequence,
    continues: snapshot.continues,
    started: snapshot.started.toISOString(),
    finished: snapshot.finished.toISOString(),
    capture: { mode, base: base ?? null, selfContained, domain: hexOrNull(domain) },
    generation: engine.generation,
    segments: engine.segments,
    root:
      root === undefined
        ? null
        : {
            node: toHex(root.id),
            pack: toHex(root.location.pack.name),
            header: toHex(root.location.pack.header),
            domain: hexOrNull(root.location.pack.domain),
            ordinal: root.location.ordinal,
            offset: root.location.offset,
            length: root.location.length,
          },
    statistics: snapshot.statistics,
    tags: snapshot.tags,
    pinned: snapshot.pinned,
  });
}

function hexOrNull(bytes: Uint8Array | undefined): string | null {
  return bytes === undefined ? null : toHex(bytes);
}

function domainFrom(text: string | null | undefined): Uint8Array | undefined {
  if (text === null || text === undefined) return undefined;
  const domain = fromHex(text);
  if (domain.length !== DOMAIN_LENGTH) throw new RangeError('a domain of another length');
  return domain;
}

/** Reads a snapshot from its JSON. */
export function parseSnapshot(text: string, object: string): SnapshotRecord {
  const damaged = (reason: string, cause?: unknown): RepositoryError =>
    new RepositoryError('ERR_OBJECT_DAMAGED', { object, reason }, { cause });
  try {
    // Sealed by us and verified: the shape is trusted once kind and version are right.
    const json = JSON.parse(text) as SnapshotJson;
    if (json.holdfast !== 'snapshot') throw damaged('it is no snapshot');
    if (json.version > SNAPSHOT_VERSION) {
      throw new RepositoryError('ERR_VERSION_UNSUPPORTED', {
        object,
        version: json.version,
        supported: SNAPSHOT_VERSION,
      });
    }
    if (json.state !== 'complete' && json.state !== 'checkpoint') throw damaged('its state is unknown');
    const { id, source, state, sequence, continues, capture, statistics, tags, pinned, root, generation } = json;
    const { segments = [] } = json;
    const snapshot: Snapshot = {
      id,
      source: { id: source.id, title: source.title },
      state,
      sequence,
      continues,
      capture: { mode: capture.mode, base: capture.base ?? undefined, selfContained: capture.selfContained === true },
      started: new Date(json.started),
      finished: new Date(json.finished),
      statistics,
      tags,
      pinned,
    };
    return {
      snapshot,
      generation,
      segments,
      root: root === null ? undefined : readRoot(root, statistics.collections),
      domain: domainFrom(capture.domain),
    };
  } catch (error) {
    throw RepositoryError.is(error) ? error : damaged('it is malformed', error);
  }
}

function readRoot(root: RootJson, count: number): NodeReference {
  const { ordinal, offset, length } = root;
  const pack = { name: fromHex(root.pack), header: fromHex(root.header), size: 0, domain: domainFrom(root.domain) };
  return { id: fromHex(root.node), place: placeOf({ pack, ordinal, offset, length }), count };
}

/**
 * Serialises a coverage report. A collection of which there is no more to say than what its record in the tree says gets
 * no line, so that the report of a quiet run over many collections is small.
 */
export function serialiseCoverage({ totals, collections, failures, omitted, leftOut }: CoverageReport): string {
  const isWhole = leftOut.collections + leftOut.covered + leftOut.failures + leftOut.omitted === 0;
  return JSON.stringify({
    holdfast: 'coverage',
    version: COVERAGE_VERSION,
    collections: collections
      .filter((line) => !isPlain(line))
      .map(({ id, name, state, cause, items, failed, omitted: parts, atRest }) => ({
        id,
        name,
        state,
        cause: cause ?? null,
        items,
        failed,
        omitted: parts,
        atRest,
      })),
    failures: failures.map(({ collection, item, code, reason }) => ({
      collection,
      item,
      code,
      reason: reason ?? null,
    })),
    omitted: omitted.map(({ collection, item, part, reason, lost }) => ({ collection, item, part, reason, lost })),
    ...(isWhole ? {} : { totals: { ...totals }, leftOut: { ...leftOut } }),
  } satisfies JsonObject);
}

/** Reads the lines of a coverage report from its JSON. */
export function parseCoverage(text: string, object: string): CoverageLines {
  let json: CoverageJson;
  try {
    json = JSON.parse(text) as CoverageJson;
  } catch (error) {
    throw new RepositoryError('ERR_OBJECT_DAMAGED', { object, reason: 'it is malformed' }, { cause: error });
  }
  if (json.version > COVERAGE_VERSION) {
    const { version } = json;
    throw new RepositoryError('ERR_VERSION_UNSUPPORTED', { object, version, supported: COVERAGE_VERSION });
  }
  const { collections, failures, omitted, totals, leftOut } = json;
  return {
    // The first reports had a line for every collection, without `atRest` and without counts, which follow from the rest.
    collections: collections.map(({ cause, atRest = false, ...rest }) => ({
      ...rest,
      cause: cause ?? undefined,
      atRest,
    })),
    failures: failures.map(({ reason, ...rest }) => ({ ...rest, reason: reason ?? undefined })),
    omitted,
    whole: totals === undefined || leftOut === undefined ? undefined : { totals, leftOut },
  };
}

interface RootJson {
  readonly node: string;
  readonly pack: string;
  readonly header: string;
  readonly domain?: string | null;
  readonly ordinal: number;
  readonly offset: number;
  readonly length: number;
}

interface SnapshotJson {
  readonly holdfast: string;
  readonly version: number;
  readonly id: string;
  readonly source: { readonly id: string; readonly title: string };
  readonly state: 'complete' | 'checkpoint';
  readonly sequence: number;
  readonly continues: readonly string[];
  readonly capture: {
    readonly mode: CaptureMode;
    readonly base: string | null;
    readonly selfContained?: boolean;
    readonly domain?: string | null;
  };
  readonly started: string;
  readonly finished: string;
  readonly generation: number;
  readonly segments?: readonly string[];
  readonly root: RootJson | null;
  readonly statistics: SnapshotStatistics;
  readonly tags: readonly string[];
  readonly pinned: boolean;
}

interface CoverageJson {
  readonly version: number;
  readonly collections: readonly {
    readonly id: string;
    readonly name: string;
    readonly state: 'covered' | 'skipped' | 'failed';
    readonly cause: string | null;
    readonly items: number;
    readonly failed?: number;
    readonly omitted?: number;
    readonly atRest?: boolean;
  }[];
  readonly failures: readonly {
    readonly collection: string;
    readonly item: string;
    readonly code: string;
    readonly reason: string | null;
  }[];
  readonly omitted: CoverageReport['omitted'];
  readonly totals?: CoverageReport['totals'];
  readonly leftOut?: CoverageReport['leftOut'];
}
