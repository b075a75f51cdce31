import { createHash } from 'node:crypto';

import type { JsonObject, RestorableItem } from '@holdfast/contracts';

import { asString, canonicalJson, objectsOf } from '../json-access.ts';

/** A property set of our own, so that our names meet nobody else's. */
const PROPERTY_SET = '{5b1f4f0e-6c0a-4d7e-9f3b-2a8e7c41d60b}';
/** Extended property of a restored message that tells which item it was restored from. */
export const ORIGIN_PROPERTY: string = `String ${PROPERTY_SET} Name HoldfastOrigin`;
/** Extended property of a restored message that tells which version of the item, and with how many attachments. */
export const VERSION_PROPERTY: string = `String ${PROPERTY_SET} Name HoldfastVersion`;

/** How lists are asked for the marks of their messages. */
export const EXPAND_MARK: string = `singleValueExtendedProperties($filter=id eq '${ORIGIN_PROPERTY}' or id eq '${VERSION_PROPERTY}')`;

/**
 * What a restored message carries to be recognised by, whatever the service makes of its body and its headers: it is set
 * by the creating request, so it is there as soon as the message is.
 */
export interface RestoreMark {
  /** Stands for the item: a hash of its source and its id. */
  readonly origin: string;
  /** Stands for its content: see {@link contentDigest}. */
  readonly digest: string;
  /** How many attachments the message is to have in the end. */
  readonly attachments: number;
}

/** Properties that a copy of a message does not share with it, or that are set anew by whoever creates one. */
const NOT_CONTENT: ReadonlySet<string> = new Set(['conversationId', 'conversationIndex', 'createdDateTime']);

/**
 * A hash of what a message says: subject, people, dates, body, draft state, and whether it has attachments. Read state,
 * flags and categories do not count. `listed` are the properties as a snapshot keeps them.
 */
export function contentDigest(listed: JsonObject): string {
  const content = Object.fromEntries(Object.entries(listed).filter(([name]) => !NOT_CONTENT.has(name)));
  return sha256(canonicalJson(content));
}

/** What stands for an item, whichever version of it is restored. */
export function originOf({ source, id }: Pick<RestorableItem, 'id' | 'source'>): string {
  return sha256(`${source}\n${id}`);
}

/** The extended properties that carry a mark. */
export function markProperties({ origin, digest, attachments }: RestoreMark): readonly JsonObject[] {
  return [
    { id: ORIGIN_PROPERTY, value: origin },
    { id: VERSION_PROPERTY, value: `1 ${digest} ${attachments}` },
  ];
}

/** The mark of a message that was asked for with {@link EXPAND_MARK}; `undefined` if it was not restored by us. */
export function markOf(message: JsonObject): RestoreMark | undefined {
  const properties = objectsOf(message['singleValueExtendedProperties']);
  const valueOf = (wanted: string): string =>
    asString(properties.find(({ id }) => asString(id)?.toLowerCase() === wanted.toLowerCase())?.['value']) ?? '';
  const origin = valueOf(ORIGIN_PROPERTY);
  const [, digest, attachments] = /^1 ([0-9a-f]{64}) (\d+)$/.exec(valueOf(VERSION_PROPERTY)) ?? [];
  return origin === '' || digest === undefined ? undefined : { origin, digest, attachments: Number(attachments) };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
