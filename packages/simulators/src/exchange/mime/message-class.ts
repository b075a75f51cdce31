import type { Attachment } from 'postal-mime';

import type { MediaType } from './media-type.ts';

/** Delivery reports by the `Action` field of RFC 3464. */
const DELIVERY_REPORTS: ReadonlyMap<string, string> = new Map([
  ['delivered', 'REPORT.IPM.Note.DR'],
  ['expanded', 'REPORT.IPM.Note.Expanded.DR'],
  ['relayed', 'REPORT.IPM.Note.Relayed.DR'],
  ['delayed', 'REPORT.IPM.Note.Delayed.DR'],
]);

/** Answers to a meeting request by the PARTSTAT parameter of RFC 5545. */
const RESPONSES: ReadonlyMap<string, string> = new Map([
  ['ACCEPTED', 'IPM.Schedule.Meeting.Resp.Pos'],
  ['DECLINED', 'IPM.Schedule.Meeting.Resp.Neg'],
  ['TENTATIVE', 'IPM.Schedule.Meeting.Resp.Tent'],
]);

/** Whether the whole message is one CMS object: encrypted or signed opaquely ([MS-OXOSMIME] section 2.1.3.2). */
export function isOpaqueSmime(root: MediaType, disposition: string): boolean {
  if (root.type === 'application/pkcs7-mime' || root.type === 'application/x-pkcs7-mime') return true;
  if (root.type !== 'application/octet-stream') return false;
  return /\.p7m$/i.test(root.params.get('name') ?? '') || /filename="?[^";]*\.p7m\b/i.test(disposition);
}

/**
 * The message class (PidTagMessageClass) that a server gives to a message without S/MIME: reports and meeting messages
 * have their own, everything else is `IPM.Note`.
 */
export function messageClassOf(root: MediaType, attachments: readonly Attachment[]): string {
  if (root.type === 'multipart/report') {
    const reportType = (root.params.get('report-type') ?? '').toLowerCase();
    if (reportType === 'delivery-status') return deliveryReport(attachments);
    if (reportType === 'disposition-notification') return readReport(attachments);
  }
  const calendar = attachments.find((part) => part.mimeType === 'text/calendar' && part.disposition !== 'attachment');
  return calendar === undefined ? 'IPM.Note' : meetingMessage(calendar);
}

function deliveryReport(attachments: readonly Attachment[]): string {
  const status = attachments.find((part) => part.mimeType.endsWith('/delivery-status'));
  const action = /^action\s*:\s*([a-z]+)/im.exec(textOf(status))?.[1]?.toLowerCase() ?? 'failed';
  return DELIVERY_REPORTS.get(action) ?? 'REPORT.IPM.Note.NDR';
}

function readReport(attachments: readonly Attachment[]): string {
  const notification = attachments.find((part) => part.mimeType.endsWith('/disposition-notification'));
  const unread = /^disposition\s*:[^;]*;\s*(?:deleted|denied|failed)\b/im.test(textOf(notification));
  return unread ? 'REPORT.IPM.Note.IPNNRN' : 'REPORT.IPM.Note.IPNRN';
}

function meetingMessage(calendar: Attachment): string {
  const text = textOf(calendar);
  const method = calendar.method ?? /^method[^:\r\n]*:\s*([a-z]+)/im.exec(text)?.[1]?.toUpperCase();
  switch (method) {
    case 'REQUEST':
      return 'IPM.Schedule.Meeting.Request';
    case 'CANCEL':
      return 'IPM.Schedule.Meeting.Canceled';
    case 'REPLY':
    case 'COUNTER':
      return RESPONSES.get(/PARTSTAT="?([A-Z-]+)/i.exec(text)?.[1]?.toUpperCase() ?? '') ?? 'IPM.Note';
    default:
      return 'IPM.Note';
  }
}

function textOf(part: Attachment | undefined): string {
  if (part === undefined || typeof part.content === 'string') return '';
  return new TextDecoder('latin1').decode(part.content);
}
