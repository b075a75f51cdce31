import type { Attachment, Email } from 'postal-mime';

/** Message classes of delivery reports by the `Action` field (RFC 3464, section 2.3.3). */
const REPORTS: Readonly<Record<string, string>> = {
  delayed: 'REPORT.IPM.Note.Delayed.DR',
  delivered: 'REPORT.IPM.Note.DR',
  expanded: 'REPORT.IPM.Note.Expanded.DR',
  relayed: 'REPORT.IPM.Note.Relayed.DR',
};

/** Message classes of answers to a meeting request by PARTSTAT (RFC 5545, section 3.2.12). */
const ANSWERS: Readonly<Record<string, string>> = {
  ACCEPTED: 'IPM.Schedule.Meeting.Resp.Pos',
  DECLINED: 'IPM.Schedule.Meeting.Resp.Neg',
  TENTATIVE: 'IPM.Schedule.Meeting.Resp.Tent',
};

/**
 * The message class that the service gives to an attached message without S/MIME: reports and meeting messages have
 * classes of their own. Nothing else tells it, because the MIME carries none.
 */
export function messageClassOfMime(email: Email, contentType: string): string {
  const [mediaType = ''] = contentType.toLowerCase().split(';', 1);
  if (mediaType.trim() === 'multipart/report') {
    const reportType = /report-type\s*=\s*"?([\w-]+)/i.exec(contentType)?.[1]?.toLowerCase();
    if (reportType === 'delivery-status') {
      const status = textOf(email.attachments.find(({ mimeType }) => mimeType.endsWith('/delivery-status')));
      const action = /^action\s*:\s*([a-z]+)/im.exec(status)?.[1]?.toLowerCase() ?? '';
      return REPORTS[action] ?? 'REPORT.IPM.Note.NDR';
    }
    if (reportType === 'disposition-notification') {
      const notice = textOf(email.attachments.find(({ mimeType }) => mimeType.endsWith('/disposition-notification')));
      const isUnread = /^disposition\s*:[^;]*;\s*(?:deleted|denied|failed)\b/im.test(notice);
      return isUnread ? 'REPORT.IPM.Note.IPNNRN' : 'REPORT.IPM.Note.IPNRN';
    }
  }
  const calendar = email.attachments.find(
    ({ mimeType, disposition }) => mimeType === 'text/calendar' && disposition !== 'attachment',
  );
  return calendar === undefined ? 'IPM.Note' : meetingClass(calendar);
}

function meetingClass(calendar: Attachment): string {
  const text = textOf(calendar);
  const method = calendar.method ?? /^method[^:\r\n]*:\s*([a-z]+)/im.exec(text)?.[1]?.toUpperCase();
  if (method === 'REQUEST') return 'IPM.Schedule.Meeting.Request';
  if (method === 'CANCEL') return 'IPM.Schedule.Meeting.Canceled';
  if (method !== 'REPLY' && method !== 'COUNTER') return 'IPM.Note';
  return ANSWERS[/PARTSTAT="?([A-Z-]+)/i.exec(text)?.[1]?.toUpperCase() ?? ''] ?? 'IPM.Note';
}

function textOf(part: Attachment | undefined): string {
  if (part === undefined || typeof part.content === 'string') return '';
  return new TextDecoder('latin1').decode(part.content);
}
