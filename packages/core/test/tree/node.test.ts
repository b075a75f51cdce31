import { RepositoryError } from '@holdfast/contracts';
import { seededRandomness } from '@holdfast/testkit';
import { describe, expect, it } from 'vitest';
import { propertyRuns } from '../internal/property-runs.ts';
import { labRecord } from '../support/tree-lab.ts';
import { encodeCbor } from '../../src/internal/cbor.ts';
import type { CborValue } from '../../src/internal/cbor.ts';
import { collectionRecordKind } from '../../src/tree/collection-record.ts';
import { itemRecordKind } from '../../src/tree/item-record.ts';
import { decodeNode, encodeBody, encodeNode } from '../../src/tree/node.ts';
import { createTreeReader } from '../../src/tree/tree-reader.ts';

const pack = { name: new Uint8Array(32).fill(1), header: new Uint8Array(48).fill(2), size: 1000 };
const place = { pack: { stored: pack }, ordinal: 3, offset: 48, length: 100 };
const item = {
  ...labRecord({ id: 'a', sort: -5 }),
  parts: [{ name: 'message.eml', size: 5, blobs: [new Uint8Array(32).fill(9)] }],
  omitted: [{ part: 'x', reason: 'y', lost: true }],
};
const leaf = encodeNode(encodeBody(0, [encodeCbor(itemRecordKind.toCbor(item))]), [place], undefined);
const inner = encodeNode(
  encodeBody(1, [encodeCbor({ sort: 1, id: 'a', node: new Uint8Array(32), count: 2 })]),
  [place],
  undefined,
);
const reader = createTreeReader({ read: () => Promise.reject(new Error('no')), readMany: async () => [] });

/** Decodes a node as far as that goes. */
function decode(bytes: Uint8Array): unknown {
  const node = decodeNode(bytes, { object: 'x' });
  return node.level === 0 ? reader.records(node, itemRecordKind) : reader.children(node);
}

describe('a node', () => {
  it('comes back with its places', () => {
    expect(decode(leaf)).toMatchObject([{ value: { id: 'a', sort: -5 }, places: [{ ordinal: 3, offset: 48 }] }]);
    expect(decode(inner)).toMatchObject([{ key: { sort: 1, id: 'a' }, count: 2 }]);
  });

  it('loses a hint that is malformed, and nothing else: the index finds what it led to', () => {
    const body = encodeBody(0, [encodeCbor(itemRecordKind.toCbor(item))]);
    const good = { packs: [{ name: pack.name, header: pack.header }], at: [[0, 3, 48, 100]] };
    const withHints = (hints: CborValue): unknown => {
      const encoded = encodeCbor(hints);
      const node = new Uint8Array(4 + body.length + encoded.length);
      new DataView(node.buffer).setUint32(0, body.length);
      node.set(body, 4);
      node.set(encoded, 4 + body.length);
      return decode(node);
    };
    expect(withHints(good)).toMatchObject([{ value: { id: 'a' }, places: [{ ordinal: 3 }] }]);
    const short = { name: new Uint8Array(0), header: pack.header };
    for (const hints of [
      null,
      [],
      {},
      { ...good, packs: 1 },
      { ...good, packs: [short] },
      { ...good, packs: [{ name: pack.name, header: new Uint8Array(47) }] },
      { ...good, at: [['length', 3, 48, 100]] },
      { ...good, at: [[0, 3, 48, 2 ** 32]] },
      { ...good, at: [[0, 3, -1, 100]] },
      { ...good, at: [[1, 3, 48, 100]] },
      { ...good, at: [7] },
      { ...good, at: [] },
    ]) {
      const [record] = withHints(hints) as { readonly value: unknown; readonly places: readonly unknown[] }[];
      expect(record).toMatchObject({ value: { id: 'a' } });
      expect(record?.places[0]).toBeUndefined();
    }
  });

  it('is either read or a damaged object, whatever its bytes', () => {
    const failed: unknown[] = [];
    const dice = seededRandomness(11);
    for (const node of [leaf, inner]) {
      const mutants = Array.from({ length: node.length }, (_, end) => node.slice(0, end));
      for (let run = 0; run < propertyRuns * 100; run += 1) {
        const mutant = node.slice();
        for (let i = dice.integer(1, 3); i > 0; i -= 1) {
          mutant[dice.integer(0, node.length - 1)] = dice.pick([0, 1, 0x7f, 0x80, 0xf6, 0xff, dice.integer(0, 255)]);
        }
        mutants.push(mutant);
      }
      for (const mutant of mutants) {
        try {
          decode(mutant);
        } catch (error) {
          if (!RepositoryError.is(error)) failed.push(error);
        }
      }
    }
    expect(failed).toEqual([]);
  });
});

describe('records', () => {
  const kinds = [
    [itemRecordKind, itemRecordKind.toCbor(item)],
    [
      collectionRecordKind,
      {
        id: 'c',
        sort: 0,
        parent: null,
        path: ['c'],
        name: 'C',
        kind: 'mail',
        role: null,
        hidden: false,
        metadata: {},
        cursor: null,
        cursorTime: 0,
        cursorRun: 1,
        count: 0,
        items: null,
        pass: null,
        open: [],
      },
    ],
  ] as const;

  it('refuse a field that is missing or of another type, and pass over one they do not know', () => {
    for (const [kind, cbor] of kinds) {
      const fields = cbor as Readonly<Record<string, CborValue>>;
      expect(kind.toCbor(kind.fromCbor({ ...fields, surprise: 1 }, 'x') as never)).toEqual(cbor);
      for (const name of Object.keys(fields)) {
        const { [name]: _, ...rest } = fields;
        for (const wrong of [rest, { ...rest, [name]: 1.5 }]) {
          expect(() => kind.fromCbor(wrong, 'x'), name).toThrow(
            expect.objectContaining({ code: 'ERR_OBJECT_DAMAGED' }),
          );
        }
      }
      for (const value of [null, 1, 'x', [], new Uint8Array(1)]) {
        expect(() => kind.fromCbor(value, 'x')).toThrow(expect.objectContaining({ code: 'ERR_OBJECT_DAMAGED' }));
      }
    }
  });

  it('refuse an encoding of parts that they do not know', () => {
    const parts = [{ name: 'a', size: 0, encoding: 2, blobs: [] }];
    const later = { ...(itemRecordKind.toCbor(item) as object), parts } as CborValue;
    expect(() => itemRecordKind.fromCbor(later, 'x')).toThrow(
      expect.objectContaining({ code: 'ERR_VERSION_UNSUPPORTED' }),
    );
  });
});
