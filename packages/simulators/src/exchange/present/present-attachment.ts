import type { AttachmentContent, MessageContent } from '../message-content.ts';
import { toDateTime } from '../protocol/date-time.ts';
import type { ExpandClause } from '../protocol/expand-clause.ts';
import { invalidQuery } from '../protocol/graph-failure.ts';
import type { IdFormat } from '../protocol/preferences.ts';
import type { StoredAttachment, StoredMessage } from '../store/stored-message.ts';
import { presentContent } from './present-content.ts';

/** How attachments are to be shown. */
export interface AttachmentView {
  /** Properties wanted; all if absent. */
  readonly select?: readonly string[] | undefined;
  /** What is expanded. */
  readonly expand?: readonly ExpandClause[] | undefined;
}

const FILE_CAST = 'microsoft.graph.fileattachment/';
const BASE_PROPERTIES: ReadonlySet<string> = new Set([
  'id',
  'contentType',
  'isInline',
  'lastModifiedDateTime',
  'name',
  'size',
]);
const FILE_PROPERTIES: ReadonlySet<string> = new Set(['contentBytes', 'contentId', 'contentLocation']);

/** The id of an attachment: it begins with the id of its message, and is of the same kind. */
export function attachmentId(message: StoredMessage, number: number, idFormat: IdFormat): string {
  const owner = idFormat === 'immutable' ? message.immutableId : message.mutableId;
  return `${owner.replace(/=+$/, '')}BEgAQA${Buffer.from(`attachment ${number}`).toString('base64url')}=`;
}

/** Shows an attachment of a stored message. */
export function presentAttachment(
  message: StoredMessage,
  attachment: StoredAttachment,
  idFormat: IdFormat,
  view: AttachmentView,
): Readonly<Record<string, unknown>> {
  return {
    ...presentAttachmentContent(
      attachment.content,
      {
        id: attachmentId(message, attachment.number, idFormat),
        lastModifiedDateTime: toDateTime(attachment.modifiedTime),
      },
      view,
    ),
  };
}

function presentAttachmentContent(
  content: AttachmentContent,
  { id, lastModifiedDateTime }: { readonly id: string; readonly lastModifiedDateTime: string },
  { select, expand = [] }: AttachmentView,
): Readonly<Record<string, unknown>> {
  const wanted = selectionOf(select);
  const properties: Record<string, unknown> = {
    lastModifiedDateTime,
    name: content.name,
    contentType: content.kind === 'file' ? content.contentType : null,
    size: sizeOf(content),
    isInline: content.isInline,
  };
  if (content.kind === 'file') {
    properties['contentId'] = content.contentId ?? null;
    properties['contentLocation'] = null;
    if (wanted?.has('contentBytes') !== false) {
      properties['contentBytes'] = Buffer.from(content.bytes).toString('base64');
    }
  }
  const result: Record<string, unknown> = { '@odata.type': `#microsoft.graph.${content.kind}Attachment`, id };
  for (const [name, value] of Object.entries(properties)) {
    if (wanted?.has(name) !== false) result[name] = value;
  }
  const itemClause = expand.find(({ name }) => name.toLowerCase() === 'item');
  if (content.kind === 'item' && itemClause !== undefined) {
    result['item'] = presentItem(content.item, itemClause, lastModifiedDateTime);
  }
  return result;
}

/** The message inside an item attachment. Its own attachments are shown only if they are expanded in turn. */
function presentItem(content: MessageContent, clause: ExpandClause, modified: string): unknown {
  const attachments = clause.expand.find(({ name }) => name.toLowerCase() === 'attachments');
  return {
    '@odata.type': '#microsoft.graph.message',
    id: '',
    createdDateTime: modified,
    lastModifiedDateTime: modified,
    ...presentContent(content),
    ...(attachments && {
      attachments: content.attachments.map((nested, index) =>
        presentAttachmentContent(
          nested,
          { id: `nested${index}`, lastModifiedDateTime: modified },
          { select: attachments.select, expand: attachments.expand },
        ),
      ),
    }),
  };
}

/** Checks the clauses of `$expand` on attachments, at any depth. */
export function checkAttachmentExpand(clauses: readonly ExpandClause[]): void {
  for (const { name, cast, expand } of clauses) {
    const isItem = name.toLowerCase() === 'item' && cast === 'microsoft.graph.itemattachment';
    if (!isItem) throw invalidQuery(`Could not find a property named '${name}' on type 'microsoft.graph.attachment'.`);
    for (const inner of expand) {
      if (inner.name.toLowerCase() !== 'attachments' || inner.cast !== 'microsoft.graph.message') {
        throw invalidQuery(`Could not find a property named '${inner.name}' on type 'microsoft.graph.outlookItem'.`);
      }
      checkAttachmentExpand(inner.expand);
    }
  }
}

function selectionOf(select: readonly string[] | undefined): ReadonlySet<string> | undefined {
  if (select === undefined) return undefined;
  return new Set(
    select.map((name) => {
      if (BASE_PROPERTIES.has(name)) return name;
      const isCast = name.toLowerCase().startsWith(FILE_CAST);
      const bare = name.slice(FILE_CAST.length);
      if (isCast && FILE_PROPERTIES.has(bare)) return bare;
      throw invalidQuery(`Could not find a property named '${name}' on type 'microsoft.graph.attachment'.`);
    }),
  );
}

function sizeOf(content: AttachmentContent): number {
  if (content.kind === 'file') return content.bytes.length;
  if (content.kind === 'reference') return 0;
  const { body, attachments } = content.item;
  return attachments.reduce((sum, nested) => sum + sizeOf(nested), Buffer.byteLength(body.content));
}
