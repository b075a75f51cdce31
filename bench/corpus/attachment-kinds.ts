import type { Dice } from './dice.ts';
import { paragraph, word } from './vocabulary.ts';

/** What attachments there are; see {@link makeAttachment} for what is in them. */
export const ATTACHMENT_KINDS = ['jpeg', 'pdf', 'office', 'zip', 'document', 'csv', 'log'] as const;

/** A kind of attachment. */
export type AttachmentKind = (typeof ATTACHMENT_KINDS)[number];

/** Shares of the bytes: seven eighths are compressed by those who made them, as in mail of today. */
export const defaultMix: Readonly<Record<AttachmentKind, number>> = {
  jpeg: 0.3,
  pdf: 0.27,
  office: 0.22,
  zip: 0.08,
  document: 0.06,
  csv: 0.04,
  log: 0.03,
};

/** File name ending and media type. */
export const attachmentTypes: Readonly<Record<AttachmentKind, readonly [ending: string, type: string]>> = {
  jpeg: ['jpg', 'image/jpeg'],
  pdf: ['pdf', 'application/pdf'],
  office: ['docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  zip: ['zip', 'application/zip'],
  document: ['doc', 'application/msword'],
  csv: ['csv', 'text/csv'],
  log: ['log', 'text/plain'],
};

/**
 * Makes an attachment of exactly that many bytes. `jpeg`, `pdf`, `office` (a zip of XML) and `zip` consist of the frames
 * of these formats around bytes that do not compress; `document` is the old binary form, text in UTF-16 and fillings;
 * `csv` and `log` are lines.
 */
export function makeAttachment(kind: AttachmentKind, length: number, dice: Dice): Buffer {
  const whole = makers[kind](length, dice);
  return whole.length === length ? whole : cutOrFill(whole, length);
}

const makers: Readonly<Record<AttachmentKind, (length: number, dice: Dice) => Buffer>> = {
  jpeg: (length, dice) => {
    const head = Buffer.alloc(640);
    head.write('\u00ff\u00d8\u00ff\u00e0\0\u0010JFIF\0\u0001', 'latin1');
    for (let i = 20; i < 640; i += 1) head[i] = (i * i) >> 5;
    return Buffer.concat([head, dice.bytes(Math.max(0, length - 640))]);
  },

  pdf: (length, dice) => {
    const pieces: Buffer[] = [Buffer.from('%PDF-1.7\n%\u00e2\u00e3\u00cf\u00d3\n', 'latin1')];
    const table: string[] = [];
    let at = pieces[0]?.length ?? 0;
    for (let object = 1; at + 20 * object < length; object += 1) {
      const stream = dice.bytes(dice.integer(600, 16_000));
      const head = `${object} 0 obj\n<< /Type /XObject /Subtype /Form /Length ${stream.length} /Filter /FlateDecode /Resources << /Font << /F${object % 7} ${object + 2} 0 R >> >> >>\nstream\n`;
      table.push(`${String(at).padStart(10, '0')} 00000 n\r\n`);
      pieces.push(Buffer.from(head, 'latin1'), stream, Buffer.from('\nendstream\nendobj\n', 'latin1'));
      at += head.length + stream.length + 18;
    }
    // The table of objects comes at the end, whatever has to give way for it.
    const end = Buffer.from(`xref\n0 ${table.length}\n${table.join('')}trailer\n%%EOF\n`, 'latin1');
    return Buffer.concat([cutOrFill(Buffer.concat(pieces), Math.max(0, length - end.length)), end]);
  },

  office: (length, dice) => zipped(length, dice, 400, 40_000, 'word/media/theme/header'),
  zip: (length, dice) => zipped(length, dice, 4000, 400_000, 'archive/folder/file'),

  document: (length, dice) => {
    const pieces: Buffer[] = [Buffer.alloc(1536, 0xff)];
    for (let at = 1536; at < length;) {
      const text = Buffer.from(`${paragraph(dice, dice.integer(300, 3000))}\r`, 'utf16le');
      const styles = dice.bytes(dice.integer(32, 512));
      const filling = Buffer.alloc(512 - ((text.length + styles.length) % 512));
      pieces.push(text, styles, filling);
      at += text.length + styles.length + filling.length;
    }
    return Buffer.concat(pieces);
  },

  csv: (length, dice) => {
    let text = 'id;date;customer;article;amount;price;state\r\n';
    const lines: string[] = [];
    for (let row = 1, at = text.length; at < length; row += 1) {
      const line = `${100_000 + row};2025-${two(dice, 12)}-${two(dice, 28)};${word(dice)} ${word(dice)};${word(dice)}-${dice.integer(100, 999)};${dice.integer(1, 50)};${dice.integer(1, 99_999) / 100};${dice.pick(['open', 'paid', 'sent'])}\r\n`;
      lines.push(line);
      at += line.length;
    }
    text += lines.join('');
    return Buffer.from(text);
  },

  log: (length, dice) => {
    const lines: string[] = [];
    for (let at = 0, time = dice.integer(0, 1e9); at < length; time += dice.integer(1, 4000)) {
      const line = `2025-06-${two(dice, 28)}T10:${two(dice, 59)}:${two(dice, 59)}.${time % 1000} ${dice.pick(['INFO', 'INFO', 'INFO', 'WARN', 'ERROR'])} [worker-${dice.integer(1, 8)}] service.${word(dice)}: request ${dice.word().toString(16)} took ${dice.integer(1, 900)} ms\n`;
      lines.push(line);
      at += line.length;
    }
    return Buffer.from(lines.join(''));
  },
};

function zipped(length: number, dice: Dice, least: number, most: number, path: string): Buffer {
  const pieces: Buffer[] = [];
  const directory: string[] = [];
  for (let at = 0, entry = 0, listed = 0; at + listed < length; entry += 1) {
    const name = `${path}${entry}.xml`;
    const bytes = dice.bytes(dice.integer(least, most));
    const head = Buffer.alloc(30);
    head.write('PK\u0003\u0004\u0014\0\u0006\0\b\0\0\0!\0', 'latin1');
    head.writeInt32LE(dice.word() | 0, 14);
    head.writeInt32LE(bytes.length, 18);
    pieces.push(head, Buffer.from(name), bytes);
    directory.push(`PK\u0001\u0002${head.toString('latin1', 4)}${'\0'.repeat(16)}${name}`);
    at += 30 + name.length + bytes.length;
    listed += 46 + name.length;
  }
  const end = Buffer.from(directory.join(''), 'latin1');
  return Buffer.concat([cutOrFill(Buffer.concat(pieces), Math.max(0, length - end.length)), end]);
}

function two(dice: Dice, most: number): string {
  return String(dice.integer(1, most)).padStart(2, '0');
}

function cutOrFill(bytes: Buffer, length: number): Buffer {
  return bytes.length >= length
    ? bytes.subarray(0, length)
    : Buffer.concat([bytes, Buffer.alloc(length - bytes.length)]);
}
