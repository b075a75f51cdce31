import { schemas } from '../openapi/schemas.ts';
import { toDateTime } from '../protocol/date-time.ts';
import type { ExpandClause } from '../protocol/expand-clause.ts';
import { propertyIdsOfFilter } from '../protocol/extended-property-id.ts';
import { GraphFailure, invalidQuery } from '../protocol/graph-failure.ts';
import type { IdFormat } from '../protocol/preferences.ts';
import type { Identifiers } from '../store/identifiers.ts';
import type { Mailbox } from '../store/mailbox.ts';
import { contentOf } from '../store/stored-message.ts';
import type { StoredMessage } from '../store/stored-message.ts';
import { extendedValue } from './extended-values.ts';
import { checkAttachmentExpand, presentAttachment } from './present-attachment.ts';
import { presentContent } from './present-content.ts';

/** How messages are to be shown; made by {@link messageView}, which checks it. */
export interface MessageView {
  /** Which ids. */
  readonly idFormat: IdFormat;
  /** Properties wanted; the usual ones if absent. */
  readonly select: readonly string[] | undefined;
  /** What is expanded. */
  readonly expand: readonly ExpandClause[];
}

const NAVIGATION: ReadonlySet<string> = new Set(['attachments', 'singleValueExtendedProperties']);
const PROPERTIES: ReadonlySet<string> = new Set(
  Object.keys(schemas['message']?.properties ?? {}).filter((name) => !name.includes('@') && !NAVIGATION.has(name)),
);

/** Checks `$select` and `$expand` of messages. Throws what the service answers to names it does not know. */
export function messageView(view: MessageView): MessageView {
  for (const name of view.select ?? []) {
    if (!PROPERTIES.has(name)) {
      const message = name.startsWith('@')
        ? `Parsing OData Select and Expand failed: Syntax error: character '@' is not valid at position 0 in '${name}'.`
        : `Parsing OData Select and Expand failed: Could not find a property named '${name}' on type 'microsoft.graph.message'.`;
      throw invalidQuery(message);
    }
  }
  for (const clause of view.expand) {
    if (!NAVIGATION.has(clause.name)) {
      throw invalidQuery(
        `Parsing OData Select and Expand failed: Could not find a property named '${clause.name}' on type 'microsoft.graph.message'.`,
      );
    }
    if (clause.name === 'attachments') checkAttachmentExpand(clause.expand);
    else if (clause.filter === undefined || propertyIdsOfFilter(clause.filter) === undefined) {
      throw new GraphFailure(
        400,
        'ErrorInvalidUrlQueryFilter',
        'Extended properties are expanded by a filter on their ids.',
      );
    }
  }
  return view;
}

/** Whether a view wants the body. */
export function showsBody({ select }: MessageView): boolean {
  return select?.includes('body') !== false;
}

/** Shows messages of one mailbox. */
export interface MessagePresenter {
  /** A message as a view wants it. */
  present(message: StoredMessage, view: MessageView): Readonly<Record<string, unknown>>;
  /** The change key of a message. */
  changeKey(message: StoredMessage): string;
}

/** Makes the {@link MessagePresenter} of a mailbox. */
export function messagePresenter(mailbox: Mailbox, identifiers: Identifiers): MessagePresenter {
  const changeKey = (message: StoredMessage): string =>
    `CQAAABYAAAB${identifiers.text(20, 'store', mailbox.id)}AA${Buffer.from([...sequenceBytes(message.changedAt)]).toString('base64')}`;

  function entity(message: StoredMessage, idFormat: IdFormat): Readonly<Record<string, unknown>> {
    const known = message.entities.get(idFormat);
    if (known !== undefined) return known;
    const id = idFormat === 'immutable' ? message.immutableId : message.mutableId;
    const key = changeKey(message);
    const content = contentOf(message);
    const thread = content.subject.replace(/^((re|fwd?|aw|wg):\s*)+/i, '').toLowerCase();
    const result = {
      '@odata.etag': `W/"${key}"`,
      id,
      createdDateTime: toDateTime(message.createdTime),
      lastModifiedDateTime: toDateTime(message.modifiedTime),
      changeKey: key,
      parentFolderId: message.folder?.id ?? null,
      conversationId: `AAQkAD${identifiers.text(43, 'conversation', mailbox.id, thread)}AQA=`,
      conversationIndex: identifiers.bytes(22, 'index', mailbox.id, thread).toString('base64'),
      webLink: `https://outlook.office365.com/owa/?ItemID=${encodeURIComponent(id)}&exvsurl=1&viewmodel=ReadMessageItem`,
      ...presentContent(content),
    };
    message.entities.set(idFormat, result);
    return result;
  }

  return {
    changeKey,
    present(message, { idFormat, select, expand }) {
      const all = entity(message, idFormat);
      const result: Record<string, unknown> = {};
      if (select === undefined) Object.assign(result, all);
      else {
        result['@odata.etag'] = all['@odata.etag'];
        result['id'] = all['id'];
        for (const name of select) {
          if (name === 'internetMessageHeaders') result[name] = message.content.internetMessageHeaders;
          else if (name === 'uniqueBody') result[name] = message.content.body;
          else if (all[name] !== undefined) result[name] = all[name];
        }
      }
      for (const clause of expand) expandInto(result, message, idFormat, clause);
      return result;
    },
  };
}

function expandInto(
  result: Record<string, unknown>,
  message: StoredMessage,
  idFormat: IdFormat,
  { name, filter, select, expand }: ExpandClause,
): void {
  if (name === 'attachments') {
    result[name] = message.attachments.map((attachment) =>
      presentAttachment(message, attachment, idFormat, { select, expand }),
    );
    return;
  }
  const values = (propertyIdsOfFilter(filter ?? '') ?? []).flatMap((id) => {
    const value = extendedValue(message, id);
    return value === undefined ? [] : [{ id, value }];
  });
  // Properties that are not set are left out; a list without any is left out as a whole.
  if (values.length > 0) result[name] = values;
}

function sequenceBytes(sequence: number): Uint8Array {
  const bytes = new Uint8Array(6);
  new DataView(bytes.buffer).setUint32(2, sequence);
  return bytes;
}
