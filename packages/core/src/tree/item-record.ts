import { BLOB_KINDS } from '@holdfast/crypto';
import { RepositoryError } from '@holdfast/contracts';
import type { ItemSummary, JsonObject, OmittedPart } from '@holdfast/contracts';
import type { CborValue } from '../internal/cbor.ts';
import type { PartSegment } from '../mime/part-segment.ts';
import { recordFields } from './record-fields.ts';
import type { RecordFields } from './record-fields.ts';
import type { RecordKind } from './tree-record.ts';

/** A part of an item in a snapshot. */
export interface StoredPart {
  /** Its name, for instance `message.eml`. */
  readonly name: string;
  /** Its length in bytes. */
  readonly size: number;
  /** Ids of the blobs that make it up, in order. */
  readonly blobs: readonly Uint8Array[];
  /** Byte strings that it is put together from; absent where it is its blobs, one after the other. */
  readonly sources?: readonly PartSource[] | undefined;
  /** How it is put together; absent where it is its sources, one after the other. */
  readonly segments?: readonly PartSegment[] | undefined;
  /**
   * Stands for what of it lies in groups, 16 bytes; absent if nothing does. Groups are made as items come, so by their ids it
   * could not be seen that a part is read a second time.
   */
  readonly digest?: Uint8Array | undefined;
}

/** A byte string that a part is put together from: a stretch of the next blobs of the part. */
export interface PartSource {
  /** How many blobs of the part it takes. */
  readonly blobs: number;
  /** Where it begins in them. */
  readonly at: number;
  /** Its length in bytes. */
  readonly length: number;
  /** Whether its blob is a group, which holds pieces of other parts as well. */
  readonly grouped?: boolean | undefined;
}

/** An item in a snapshot: the item record of docs/format/trees.md. */
export interface ItemRecord {
  /** The item's id in the source. */
  readonly id: string;
  /** Sort time, fixed when it was first stored. */
  readonly sort: number;
  /** For instance `message`. */
  readonly kind: string;
  /** The source's change key. */
  readonly changeKey: string;
  /** The source's content key. */
  readonly contentKey: string;
  /** For browsing. */
  readonly summary: ItemSummary;
  /** Properties that change without the content. */
  readonly volatile: JsonObject;
  /** Its parts. */
  readonly parts: readonly StoredPart[];
  /** Parts the source could not deliver. */
  readonly omitted: readonly OmittedPart[];
}

/** The bytes of a part are its blobs, one after the other. */
const ENCODING_PLAIN = 0;
/** The part is put together from sources. */
const ENCODING_ASSEMBLED = 1;

/** Item records as they lie in a tree. */
export const itemRecordKind: RecordKind<ItemRecord> = {
  toCbor: ({ id, sort, kind, changeKey, contentKey, summary, volatile, parts, omitted }) => ({
    id,
    sort,
    kind,
    change: changeKey,
    content: contentKey,
    summary: {
      subject: summary.subject,
      from: summary.from ?? null,
      to: summary.to,
      date: summary.date,
      size: summary.size ?? null,
      attachments: summary.hasAttachments,
    },
    volatile,
    parts: parts.map(partToCbor),
    omitted: omitted.map(({ part, reason, lost }) => ({ part, reason, lost })),
  }),

  fromCbor(cbor, object) {
    const fields = recordFields(cbor, object);
    const summary = recordFields(fields.map('summary'), object);
    return {
      id: fields.text('id'),
      sort: fields.integer('sort'),
      kind: fields.text('kind'),
      changeKey: fields.text('change'),
      contentKey: fields.text('content'),
      summary: {
        subject: summary.text('subject'),
        from: summary.textOrNull('from'),
        to: summary.texts('to'),
        date: summary.integer('date'),
        size: summary.integerOrNull('size'),
        hasAttachments: summary.bool('attachments'),
      },
      // What was written from JSON holds no byte strings.
      volatile: fields.map('volatile') as JsonObject,
      parts: fields.maps('parts').map((part) => readPart(part, object)),
      omitted: fields.maps('omitted').map((part) => ({
        part: part.text('part'),
        reason: part.text('reason'),
        lost: part.bool('lost'),
      })),
    };
  },

  references: ({ parts }) => parts.flatMap(({ blobs }) => blobs.map((id) => ({ kind: BLOB_KINDS.piece, id }))),
};

function partToCbor({ name, size, blobs, sources, segments, digest }: StoredPart): {
  readonly [name: string]: CborValue;
} {
  if (sources === undefined) return { name, size, encoding: ENCODING_PLAIN, blobs };
  return {
    name,
    size,
    encoding: ENCODING_ASSEMBLED,
    blobs,
    sources: sources.map(({ blobs: count, at, length, grouped }) => [
      count,
      at,
      length,
      ...(grouped === true ? [1] : []),
    ]),
    ...(digest && { digest }),
    ...(segments && {
      segments: segments.map(({ source, length, line, eol }) =>
        line === undefined ? [source, length] : [source, length, line, eol === 'crlf' ? 1 : 0],
      ),
    }),
  };
}

function readPart(part: RecordFields, object: string): StoredPart {
  const encoding = part.integer('encoding');
  const plain = { name: part.text('name'), size: part.integer('size'), blobs: part.byteStrings('blobs') };
  if (encoding === ENCODING_PLAIN) return plain;
  if (encoding !== ENCODING_ASSEMBLED) {
    throw new RepositoryError('ERR_VERSION_UNSUPPORTED', {
      object: `part encoding in ${object}`,
      version: encoding,
      supported: ENCODING_ASSEMBLED,
    });
  }
  const sources = part.integerRows('sources').map(([blobs = 0, at = 0, length = 0, grouped]) => ({
    blobs,
    at,
    length,
    ...(grouped === 1 && { grouped: true }),
  }));
  const segments = part.integerRowsOrNone('segments')?.map(([source = 0, length = 0, line, eol]) => ({
    source,
    length,
    ...(line !== undefined && { line, eol: eol === 1 ? ('crlf' as const) : ('lf' as const) }),
  }));
  if (sources.reduce((sum, { blobs }) => sum + blobs, 0) !== plain.blobs.length) {
    throw new RepositoryError('ERR_OBJECT_DAMAGED', { object, reason: 'a part has other blobs than its sources' });
  }
  const digest = part.has('digest') ? part.bytes('digest') : undefined;
  return { ...plain, sources, segments, digest };
}
