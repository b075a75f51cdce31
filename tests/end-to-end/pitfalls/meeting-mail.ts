/** What an {@link invitation} is about. */
export interface InvitationOptions {
  /** Which occurrence of the series. @defaultValue the whole of it */
  readonly occurrence?: string | undefined;
  /** What an answer says. */
  readonly partstat?: string | undefined;
  /** Text of an attached file. @defaultValue none */
  readonly attachment?: string | undefined;
}

/** A message by which a meeting of a series is arranged, as calendars send it (RFC 6047). */
export function invitation(
  method: 'CANCEL' | 'REPLY' | 'REQUEST',
  { occurrence, partstat = 'NEEDS-ACTION', attachment }: InvitationOptions = {},
): Uint8Array {
  const name = `${method}-${occurrence ?? 'series'}-${partstat}`;
  const calendar = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    `METHOD:${method}`,
    'BEGIN:VEVENT',
    'UID:standup@example.org',
    'DTSTART:20260303T090000Z',
    'DTEND:20260303T091500Z',
    occurrence === undefined ? 'RRULE:FREQ=WEEKLY;COUNT=10' : `RECURRENCE-ID:${occurrence}`,
    'SUMMARY:Stand-up',
    'ORGANIZER:mailto:eve@example.org',
    `ATTENDEE;PARTSTAT=${partstat}:mailto:ada@example.org`,
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ];
  const file = [
    '--outer',
    'Content-Type: text/plain; name="note.txt"',
    'Content-Disposition: attachment; filename="note.txt"',
    '',
    attachment ?? '',
  ];
  const lines = [
    'From: Eve <eve@example.org>',
    'To: Ada <ada@example.org>',
    `Subject: Stand-up ${name}`,
    'Date: Mon, 02 Mar 2026 10:00:00 +0000',
    `Message-ID: <${name.toLowerCase()}@example.org>`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=outer',
    '',
    '--outer',
    'Content-Type: multipart/alternative; boundary=inner',
    '',
    '--inner',
    'Content-Type: text/plain; charset=utf-8',
    '',
    'Every Tuesday at nine.',
    '--inner',
    `Content-Type: text/calendar; charset=utf-8; method=${method}`,
    '',
    ...calendar,
    '--inner--',
    ...(attachment === undefined ? [] : file),
    '--outer--',
    '',
  ];
  return new TextEncoder().encode(lines.join('\r\n'));
}
