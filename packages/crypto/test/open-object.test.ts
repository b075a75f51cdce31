import { createDecipheriv, hkdfSync } from 'node:crypto';
import { CryptoError, RepositoryError } from '@holdfast/contracts';
import { describe, expect, it } from 'vitest';
import { encodeTable, encodeTail } from '../src/blob-table.ts';
import type { BlobRecord } from '../src/index.ts';
import { openBlob, openTable, openTableAt, sealObject, tableRange } from '../src/index.ts';
import { goldenObject } from './data/golden-objects.ts';
import {
  blobOf,
  bytesOf,
  codeOf,
  flipped,
  hex,
  keyringOf,
  readAll,
  seededRandomness,
  smallObject,
  textOf,
  unhex,
} from './fixtures.ts';

const object = 'data/ab/abcd';
const keyring = keyringOf('open');
const clear = keyringOf('open', { encrypted: false });
const sealed = smallObject(keyring);
const clearObject = smallObject(clear);

/** What reading an object as a whole gives: its texts, or the code of a typed error that names the object. */
function outcome(bytes: Uint8Array, keys = keyring): unknown {
  try {
    return readAll(keys, bytes, object).map(textOf);
  } catch (error) {
    if (CryptoError.is(error) || RepositoryError.is(error)) return error.details['object'] === object && error.code;
    return error instanceof Error ? error.message : error;
  }
}

/** A clear object with a table of one's own, so that malformed ones can be made. */
function clearWith(
  records: readonly Omit<BlobRecord, 'ordinal'>[],
  change: (table: Uint8Array) => Uint8Array = (t) => t,
) {
  const table = change(encodeTable(records.map((record, ordinal) => ({ ...record, ordinal }))));
  const body = clearObject.bytes.slice(0, 48 + 24);
  return new Uint8Array([...body, ...table, ...encodeTail(table.length)]);
}

const record = (offset: number, length: number, kind = 1) => ({ kind, offset, length, id: new Uint8Array(32) });

describe('a sealed object that was tampered with', () => {
  const padding = (() => {
    const range = tableRange(sealed.bytes.subarray(-12), sealed.bytes.length, { object });
    const last = sealed.records.at(-1);
    const offset = (last?.offset ?? 0) + (last?.length ?? 0);
    return { offset, length: range.offset - offset };
  })();

  it('gives a typed error whichever byte is changed, and padding is authentic too', () => {
    expect(padding.length).toBeGreaterThanOrEqual(16);
    for (const index of sealed.bytes.keys()) {
      const bytes = flipped(sealed.bytes, index);
      const body = bytes.subarray(padding.offset, padding.offset + padding.length);
      const place = { header: sealed.header, record: { ordinal: 2, kind: 0 }, sealed: body, object };
      const inPadding = index >= padding.offset && index < padding.offset + padding.length;
      const found = inPadding ? codeOf(() => openBlob(keyring, place)) : outcome(bytes);
      expect(found, `byte ${index}`).toMatch(/^ERR_(SEAL|SUITE|VERSION|KEYRING_OUTDATED)/);
    }
  });

  it('gives a typed error wherever it is cut off', () => {
    for (const length of sealed.bytes.keys()) {
      expect(outcome(sealed.bytes.subarray(0, length)), `${length} bytes`).toMatch(/^ERR_SEAL_/);
    }
  });

  it('gives a typed error if something is appended or put in', () => {
    expect(outcome(new Uint8Array([...sealed.bytes, 0]))).toBe('ERR_SEAL_FORMAT');
    const tail = sealed.bytes.subarray(-12);
    expect(outcome(new Uint8Array([...sealed.bytes, ...tail]))).toBe('ERR_SEAL_BROKEN');
    const { bytes } = sealed;
    expect(outcome(new Uint8Array([...bytes.subarray(0, 48), 0, ...bytes.subarray(48)]))).toBe('ERR_SEAL_FORMAT');
  });

  it('has padding of zero bytes only', () => {
    const place = {
      header: sealed.header,
      record: { ordinal: 2, kind: 0 },
      sealed: sealed.bytes.subarray(padding.offset, padding.offset + padding.length),
      object,
    };
    expect(openBlob(keyring, place)).toEqual(new Uint8Array(padding.length - 16));
  });
});

describe('one blob', () => {
  const [first, second] = sealed.records;
  const bodyOf = ({ offset, length }: BlobRecord, { bytes } = sealed): Uint8Array =>
    bytes.subarray(offset, offset + length);
  const open = (options: Partial<Parameters<typeof openBlob>[1]>): unknown =>
    codeOf(() =>
      openBlob(keyring, { header: sealed.header, record: first!, sealed: bodyOf(first!), object, ...options }),
    );

  it('opens in its own place', () => {
    expect(open({})).toBe('nothing was thrown');
  });

  it.each<[string, Partial<Parameters<typeof openBlob>[1]>]>([
    ['in the place of another', { sealed: bodyOf(second!) }],
    ['under another ordinal', { record: { ordinal: 1, kind: 1 } }],
    ['under an ordinal that would wrap round', { record: { ordinal: 2 ** 32, kind: 1 } }],
    ['under a negative ordinal', { record: { ordinal: -(2 ** 32), kind: 1 } }],
    ['under another kind', { record: { ordinal: 0, kind: 2 } }],
    ['under a kind that would wrap round', { record: { ordinal: 0, kind: 257 } }],
    ['under the header of another object', { header: smallObject(keyring, 'other salt').header }],
    ['under the header of another kind of object', { header: sealed.header.with(8, 2) }],
    ['without its last byte', { sealed: bodyOf(first!).subarray(0, -1) }],
    ['as nothing', { sealed: new Uint8Array() }],
    ['as the table', { record: { ordinal: 0xff_ff_ff_ff, kind: 0xff } }],
  ])('is refused %s', (_, options) => {
    expect(open(options)).toBe('ERR_SEAL_BROKEN');
  });

  it('is refused with the key of another repository', () => {
    const place = { header: sealed.header, record: first!, sealed: bodyOf(first!), object };
    expect(codeOf(() => openBlob(keyringOf('another'), place))).toBe('ERR_SEAL_BROKEN');
    expect(outcome(sealed.bytes, keyringOf('another'))).toBe('ERR_SEAL_BROKEN');
  });

  it('is refused with the same key under another repository id', () => {
    const foreign = smallObject(keyring).bytes;
    const renamed = Object.assign(keyringOf('open'), { repositoryId: new Uint8Array(32) });
    expect(outcome(foreign, renamed)).toBe('ERR_SEAL_BROKEN');
  });

  it('of a newer epoch needs a newer keyring', () => {
    expect(outcome(smallObject(keyringOf('open', { epoch: 2 })).bytes)).toBe('ERR_KEYRING_OUTDATED');
  });
});

describe('sealed and clear', () => {
  it('are never mixed', () => {
    expect(outcome(clearObject.bytes, keyring)).toBe('ERR_SEAL_BROKEN');
    expect(outcome(sealed.bytes, clear)).toBe('ERR_SEAL_BROKEN');
    const place = { header: clearObject.header, record: { ordinal: 0, kind: 1 }, sealed: bytesOf('Dear Ada'), object };
    expect(codeOf(() => openBlob(keyring, place))).toBe('ERR_SEAL_BROKEN');
    expect(codeOf(() => openTableAt(clear, sealed.header, new Uint8Array(44), { object, offset: 48 }))).toBe(
      'ERR_SEAL_BROKEN',
    );
  });
});

describe('a clear object', () => {
  it('shows any change but one of its salt, by its form or by the ids', () => {
    const inSalt = (index: number): boolean => index >= 16 && index < 48;
    for (const index of clearObject.bytes.keys()) {
      const expected = inSalt(index) ? /^Dear Ada,the engine works$/ : /^ERR_|^another id$/;
      expect(String(outcome(flipped(clearObject.bytes, index), clear)), `byte ${index}`).toMatch(expected);
    }
  });

  it('is read if its table is right', () => {
    const bytes = clearWith([record(48, 8), record(56, 16)]);
    expect(openTable(clear, bytes, { object }).records.map(({ offset }) => offset)).toEqual([48, 56]);
  });

  it.each([
    ['a gap', clearWith([record(48, 8), record(57, 15)])],
    ['blobs that overlap', clearWith([record(48, 8), record(55, 17)])],
    ['a first blob that begins later', clearWith([record(49, 23)])],
    ['a last blob that ends before the table', clearWith([record(48, 23)])],
    ['a last blob that reaches into the table', clearWith([record(48, 25)])],
    ['no record although there are bytes', clearWith([])],
    ['bytes that must be zero', clearWith([record(48, 24)], (table) => table.with(2, 1))],
    ['half a record', clearWith([record(48, 24)], (table) => table.subarray(0, 43))],
    ['padding', clearWith([record(48, 8), record(56, 16, 0)])],
    ['a table longer than the object', clearObject.bytes.with(clearObject.bytes.length - 12, 1)],
  ])('is refused with %s', (_, bytes) => {
    expect(outcome(bytes, clear)).toBe('ERR_SEAL_FORMAT');
  });

  it('does not tie its records to the memory of the whole object', () => {
    const [first] = openTable(clear, clearObject.bytes, { object }).records;
    expect(first?.id.buffer).not.toBe(clearObject.bytes.buffer);
  });
});

it('refuses a sealed table with a blob too short to be sealed', () => {
  // Sealed properly, by somebody who has the key: a table of one blob of the length 15.
  const { header, bytes } = sealObject(clear, { kind: 1, blobs: [blobOf(clear, 1, 'fifteen letters')] });
  expect(bytes.length).toBe(48 + 15 + 44 + 12);
  const table = bytes.subarray(63, 63 + 44);
  expect(openTableAt(clear, header, table, { object, offset: 63 })).toHaveLength(1);
  expect(codeOf(() => openTableAt(keyring, sealed.header, table, { object, offset: 63 }))).toBe('ERR_SEAL_FORMAT');
});

it('opens the golden object by the steps of the format page alone', () => {
  // Nothing but node:crypto and docs/format here: what a reader in another language would do.
  const bytes = unhex(goldenObject);
  const randomness = seededRandomness('golden');
  const repositoryId = randomness.bytes(32);
  randomness.bytes(32);
  const epochKey = randomness.bytes(32);
  const metadataOrData = new Uint8Array(hkdfSync('sha256', epochKey, repositoryId, 'holdfast v1 data', 32));
  const info = Buffer.concat([Buffer.from('holdfast v1 object'), Buffer.of(1, 1)]);
  const key = new Uint8Array(hkdfSync('sha256', metadataOrData, bytes.subarray(16, 48), info, 32));
  const open = (ordinal: number, kind: number, from: number, to: number): Buffer => {
    const place = Buffer.alloc(5);
    place.writeUInt32BE(ordinal);
    place.writeUInt8(kind, 4);
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.concat([Buffer.alloc(8), place.subarray(0, 4)]));
    decipher.setAAD(Buffer.concat([repositoryId, bytes.subarray(0, 48), place]));
    decipher.setAuthTag(bytes.subarray(to - 16, to));
    return Buffer.concat([decipher.update(bytes.subarray(from, to - 16)), decipher.final()]);
  };
  const end = bytes.length - 12;
  expect(textOf(bytes.subarray(-8))).toBe('TSAFDLOH');
  const tableLength = Buffer.from(bytes).readUInt32BE(end);
  const table = open(0xff_ff_ff_ff, 0xff, end - tableLength, end);
  const texts = [0, 1].map((ordinal) => {
    const offset = table.readUInt32BE(ordinal * 44 + 4);
    return open(
      ordinal,
      table.readUInt8(ordinal * 44),
      offset,
      offset + table.readUInt32BE(ordinal * 44 + 8),
    ).toString();
  });
  expect(texts).toEqual(['Dear Ada', 'the engine works']);
  expect(hex(table.subarray(88, 92))).toBe('00000000');
});
