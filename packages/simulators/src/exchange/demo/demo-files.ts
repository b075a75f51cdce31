import { crc32 } from 'node:zlib';

import type { DemoRandom } from './demo-random.ts';
import { demoRandom } from './demo-random.ts';

/** A file that demo messages carry. */
export interface DemoFile {
  /** File name. */
  readonly name: string;
  /** MIME type. */
  readonly contentType: string;
  /** The bytes. */
  readonly bytes: Uint8Array;
}

const KINDS = ['pdf', 'docx', 'xlsx', 'png'] as const;
const STEMS = [
  'Offer',
  'Rechnung März',
  'Minutes',
  'Plan B',
  'Übersicht',
  'Заказ',
  '見積書',
  'scan_0042',
  'Report (final)',
];
const SHARED_STEMS = ['Handbook', 'Price list', 'Travel policy', 'Reisekosten', 'Supplier terms', 'Floor plan'];
const OPENXML = 'application/vnd.openxmlformats-officedocument';

/** Files that several people send around: the same ones whatever the seed of the mailbox is, as in one company. */
export function sharedFiles(): readonly DemoFile[] {
  return SHARED_STEMS.map((stem, index) => {
    const random = demoRandom(7_000 + index);
    return makeFile(random, stem, KINDS[index % 3] ?? 'pdf', random.integer(20_000, 200_000));
  });
}

/** A file of its own for one message: mostly small, now and then some 240 KB. */
export function ownFile(random: DemoRandom): DemoFile {
  const size = Math.round(2_000 * 120 ** random.fraction());
  return makeFile(random, random.pick(STEMS), random.pick(KINDS), size);
}

/** A file that is too large for one request to Microsoft Graph, which takes attachments below 3 MB. */
export function largeFile(random: DemoRandom): DemoFile {
  return makeFile(random, 'Site photos', 'pdf', random.integer(3_200_000, 3_600_000));
}

/** A small picture, as signatures and newsletters show them. */
export function inlinePicture(random: DemoRandom): DemoFile {
  return makeFile(random, `image${String(random.integer(1, 9)).padStart(3, '0')}`, 'png', random.integer(1_500, 9_000));
}

function makeFile(random: DemoRandom, stem: string, kind: (typeof KINDS)[number], size: number): DemoFile {
  const name = `${stem}.${kind}`;
  switch (kind) {
    case 'pdf':
      return { name, contentType: 'application/pdf', bytes: pdfLike(random, size) };
    case 'png':
      return { name, contentType: 'image/png', bytes: pngLike(random, size) };
    case 'docx':
      return {
        name,
        contentType: `${OPENXML}.wordprocessingml.document`,
        bytes: zipLike(random, size, 'word/document.xml'),
      };
    case 'xlsx':
      return { name, contentType: `${OPENXML}.spreadsheetml.sheet`, bytes: zipLike(random, size, 'xl/workbook.xml') };
  }
}

function pdfLike(random: DemoRandom, size: number): Uint8Array {
  const head = `%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n4 0 obj\n<< /Filter /FlateDecode /Length ${size} >>\nstream\n`;
  return Buffer.concat([Buffer.from(head), random.bytes(size), Buffer.from('\nendstream\nendobj\n%%EOF\n')]);
}

function zipLike(random: DemoRandom, size: number, entry: string): Uint8Array {
  const data = random.bytes(size);
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(20, 4);
  header.writeUInt16LE(8, 8);
  header.writeUInt32LE(crc32(data), 14);
  header.writeUInt32LE(size, 18);
  header.writeUInt32LE(size * 4, 22);
  header.writeUInt16LE(entry.length, 26);
  return Buffer.concat([header, Buffer.from(entry), data]);
}

function pngLike(random: DemoRandom, size: number): Uint8Array {
  const header = Buffer.from([0, 0, 0, 64, 0, 0, 0, 64, 8, 6, 0, 0, 0]);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', random.bytes(size)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(4);
  frame.writeUInt32BE(data.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([frame, body, checksum]);
}
