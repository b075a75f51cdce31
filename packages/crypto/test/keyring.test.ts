import { createHash, createHmac, hkdfSync } from 'node:crypto';
import { format, inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { openBlob, openTable, sealObject } from '../src/index.ts';
import { bytesOf, hex, keyringOf, readAll, seededRandomness, smallObject } from './fixtures.ts';

/** Root and repository id that `keyringOf` draws from a seed. */
function materialOf(seed: string): { id: Uint8Array; root: Uint8Array } {
  const randomness = seededRandomness(seed);
  return { id: randomness.bytes(32), root: randomness.bytes(32) };
}

describe.each([true, false])('ids in a repository that is encrypted: %s', (encrypted) => {
  const keyring = keyringOf('ids', { encrypted });
  const { id, root } = materialOf('ids');
  const derived = (purpose: string): Buffer => Buffer.from(hkdfSync('sha256', root, id, `holdfast v1 ${purpose}`, 32));

  it('of blobs are those of the format', () => {
    const input = Buffer.concat([Buffer.of(2), Buffer.from('raw')]);
    const keyed = createHmac('sha256', derived('blob id')).update(input).digest('hex');
    const plain = createHash('sha256').update(input).digest('hex');
    expect(hex(keyring.blobId(2, bytesOf('raw')))).toBe(encrypted ? keyed : plain);
  });

  it('of blobs with a domain are those of the format', () => {
    const domain = Uint8Array.from({ length: 16 }, (_, i) => i);
    const input = Buffer.concat([Buffer.of(128 + 2), domain, Buffer.from('raw')]);
    const keyed = createHmac('sha256', derived('blob id')).update(input).digest('hex');
    const plain = createHash('sha256').update(input).digest('hex');
    expect(hex(keyring.blobId(2, bytesOf('raw'), domain))).toBe(encrypted ? keyed : plain);
    expect(() => keyring.blobId(2, bytesOf('raw'), domain.subarray(1))).toThrow(RangeError);
  });

  it('of items are those of the format', () => {
    const expected = createHmac('sha256', derived('item id')).update('source\0item').digest('hex').slice(0, 32);
    expect(hex(keyring.itemId('source', 'item'))).toBe(expected);
  });

  it('and the chunker key are those of the format', () => {
    expect(hex(keyring.chunkerKey)).toBe(derived('chunker').toString('hex'));
  });
});

it('gives another id for another kind and in another repository', () => {
  const ids = [
    keyringOf('a').blobId(1, bytesOf('x')),
    keyringOf('a').blobId(2, bytesOf('x')),
    keyringOf('b').blobId(1, bytesOf('x')),
  ];
  expect(new Set(ids.map(hex)).size).toBe(3);
});

/** What a template string makes of it, which the type does not promise. */
const asText = (keyring: object): string => `${keyring as unknown as string}.`.slice(0, -1);

it('shows nothing of its keys when printed, cloned or serialised', () => {
  const keyring = keyringOf('printed');
  smallObject(keyring);
  const chunkerKey = hex(keyring.chunkerKey);
  const everything = { showHidden: true, depth: null, getters: true, maxArrayLength: null } as const;
  const shown = [
    inspect({ keyring }, everything),
    inspect(keyring, { ...everything, customInspect: false, getters: false }),
    inspect(structuredClone(keyring), everything),
    JSON.stringify({ keyring }),
    format('%s %o %O %j', keyring, keyring, keyring, keyring),
    asText(keyring),
  ].join('\n');
  // Typed arrays are printed as lists of decimal numbers.
  const decimal = [...keyring.chunkerKey].join(', ');
  expect(shown).not.toContain(chunkerKey);
  expect(shown.replaceAll(/\s+/g, ' ')).not.toContain(decimal.slice(0, 40));
  expect(shown).not.toContain('KeyObject');
  expect(asText(keyring)).toBe('[keyring]');
});

it('works no more after it was disposed of', () => {
  const keyring = keyringOf('disposed');
  const { bytes, header, records } = smallObject(keyring);
  const { chunkerKey } = keyring;
  keyring[Symbol.dispose]();
  expect(hex(chunkerKey)).toBe('00'.repeat(32));
  const record = records[0]!;
  const sealed = bytes.subarray(record.offset, record.offset + record.length);
  for (const use of [
    () => keyring.chunkerKey,
    () => keyring.blobId(1, bytesOf('x')),
    () => keyring.itemId('a', 'b'),
    () => sealObject(keyring, { kind: 1, blobs: [] }),
    () => openTable(keyring, bytes, { object: 'x' }),
    () => openBlob(keyring, { header, record, sealed, object: 'x' }),
  ]) {
    expect(use).toThrow(TypeError);
  }
});

it('reads many objects in turn, more than it keeps keys of', () => {
  const keyring = keyringOf('many');
  const objects = Array.from({ length: 150 }, (_, index) => smallObject(keyring, `salt ${index}`).bytes);
  for (const bytes of [...objects, ...objects.toReversed()]) expect(readAll(keyring, bytes)).toHaveLength(2);
});

it('refuses a keyring that somebody else made up', () => {
  const impostor = { ...keyringOf('impostor'), chunkerKey: new Uint8Array(32) };
  expect(() => sealObject(impostor as never, { kind: 1, blobs: [] })).toThrow(TypeError);
});
