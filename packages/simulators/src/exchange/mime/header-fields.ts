import type { MessageContent, MessageHeader } from '../message-content.ts';
import { cleanLine } from './clean-text.ts';
import { parseMailDate } from './mail-date.ts';

const FIELD_NAME = /^[!-9;-~]+$/;

/** Keeps the lines that are header fields: a name of printable ASCII before a colon (RFC 5322, section 2.2). */
export function toMessageHeaders(headers: readonly { originalKey: string; value: string }[]): MessageHeader[] {
  return headers
    .filter((header) => FIELD_NAME.test(header.originalKey))
    .map((header) => ({ name: header.originalKey, value: cleanLine(header.value) }));
}

/** The value of the first field of that name, or `undefined`. */
export function headerValue(headers: readonly MessageHeader[], name: string): string | undefined {
  return headers.find((header) => header.name.toLowerCase() === name)?.value;
}

/** Times of the relays that handled the message, the last of them first, as `Received` fields are stacked. */
export function relayTimes(headers: readonly MessageHeader[]): number[] {
  return headers
    .filter((header) => header.name.toLowerCase() === 'received')
    .map((header) => parseMailDate(header.value.slice(header.value.lastIndexOf(';') + 1)))
    .filter((time) => time !== undefined);
}

/** Importance from `Importance`, else `X-Priority`, else `X-MSMail-Priority`, else `Priority`. */
export function importanceOf(headers: readonly MessageHeader[]): MessageContent['importance'] {
  const value =
    headerValue(headers, 'importance') ??
    headerValue(headers, 'x-priority') ??
    headerValue(headers, 'x-msmail-priority') ??
    headerValue(headers, 'priority') ??
    '';
  if (/^\s*(?:high|urgent|[12])\b/i.test(value)) return 'high';
  if (/^\s*(?:low|non-urgent|[45])\b/i.test(value)) return 'low';
  return 'normal';
}
