/**
 * Small metadata, as the Exchange source delivers it, compressed alone, with a dictionary, and in groups:
 * `node tools/run.mjs bench/experiments/small-metadata.ts`. What came of it: docs/decisions/0004-small-pieces-in-groups.md.
 */
import { constants, zstdCompressSync } from 'node:zlib';
import { seededRandomness } from '@holdfast/testkit';
import { exchangeLikeItem } from '../../tests/end-to-end/exchange-like.ts';

const ITEMS = 8000;
/** Table record, tag, codec and index record of a blob: docs/format. */
const PER_BLOB = 44 + 16 + 5 + 48;
const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 3 } };

const dice = seededRandomness(3);
const words = Array.from({ length: 300 }, () => Buffer.from(dice.bytes(dice.integer(2, 7))).toString('base64url'));
const hex = (length: number): string => Buffer.from(dice.bytes(length)).toString('hex');

function properties(number: number): string {
  const { id, changeKey, summary, volatile } = exchangeLikeItem(number);
  return JSON.stringify({
    '@odata.etag': `W/"${changeKey}"`,
    id,
    changeKey,
    createdDateTime: new Date(summary.date).toISOString(),
    receivedDateTime: new Date(summary.date + 4000).toISOString(),
    internetMessageId: `<${hex(14)}@${summary.from?.split('@')[1]}>`,
    subject: summary.subject,
    bodyPreview: Array.from({ length: 30 }, () => dice.pick(words)).join(' '),
    parentFolderId: id.slice(0, 120),
    conversationId: `AAQk${hex(40)}`,
    ...volatile,
    sender: { emailAddress: { name: summary.from, address: summary.from } },
    toRecipients: summary.to.map((address) => ({ emailAddress: { name: address, address } })),
    webLink: `https://outlook.office365.com/owa/?ItemID=${encodeURIComponent(id)}&exvsurl=1&viewmodel=ReadMessageItem`,
  });
}

function header(number: number): string {
  const { summary } = exchangeLikeItem(number);
  const hop = (): string =>
    `Received: from ${dice.pick(words)}.example.org (10.0.${dice.integer(0, 255)}.${dice.integer(0, 255)}) by\r\n ${dice.pick(words)}.prod.outlook.com with Microsoft SMTP Server (version=TLS1_2,\r\n cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id 15.20.${dice.integer(1000, 9999)}.${dice.integer(10, 99)}; ${new Date(summary.date).toUTCString()}\r\n`;
  const signature = Buffer.from(dice.bytes(256)).toString('base64').replaceAll(/.{70}/g, '$&\r\n ');
  return `${hop()}${hop()}${hop()}DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=s1;\r\n h=From:Date:Subject:Message-ID; bh=${hex(16)};\r\n b=${signature}\r\nFrom: ${summary.from}\r\nTo: ${summary.to.join(', ')}\r\nSubject: ${summary.subject}\r\nMessage-ID: <${hex(14)}@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="${hex(12)}"\r\n\r\n`;
}

for (const [name, make] of [
  ['properties.json', properties],
  ['headers', header],
] as const) {
  const pieces = Array.from({ length: ITEMS }, (_, i) => new TextEncoder().encode(make(i)));
  const raw = pieces.reduce((sum, { length }) => sum + length, 0);
  console.log(`${name}: ${ITEMS} pieces of ${(raw / ITEMS).toFixed(0)} bytes`);
  report('alone', raw, pieces, (piece) => zstdCompressSync(piece, LEVEL));
  for (const size of [16, 64]) {
    const dictionary = Buffer.concat(pieces.slice(-200)).subarray(0, size * 1024);
    report(`dictionary of ${size} KiB`, raw, pieces, (piece) =>
      zstdCompressSync(piece, { ...LEVEL, dictionary } as object),
    );
  }
  for (const size of [16, 32, 64, 128]) {
    report(`groups of ${size} KiB`, raw, groupsOf(pieces, size * 1024), (group) => zstdCompressSync(group, LEVEL));
  }
}

function groupsOf(pieces: readonly Uint8Array[], size: number): Uint8Array[] {
  const groups: Uint8Array[][] = [[]];
  let held = 0;
  for (const piece of pieces) {
    if (held + piece.length > size) {
      groups.push([]);
      held = 0;
    }
    groups.at(-1)?.push(piece);
    held += piece.length;
  }
  return groups.map((group) => Buffer.concat(group));
}

function report(
  name: string,
  raw: number,
  blobs: readonly Uint8Array[],
  compress: (blob: Uint8Array) => Uint8Array,
): void {
  const begin = performance.now();
  const packed = blobs.map((blob) => compress(blob).length);
  const speed = raw / 1000 / (performance.now() - begin);
  const bytes = packed.reduce((sum, length) => sum + length, 0);
  const stored = bytes + blobs.length * PER_BLOB;
  console.log(
    `  ${name.padEnd(22)} ${(raw / bytes).toFixed(2)} times smaller, ${(raw / stored).toFixed(2)} with what a blob costs; ` +
      `${speed.toFixed(0)} MB/s; ${(bytes / blobs.length / 1000).toFixed(1)} KB read for one`,
  );
}
