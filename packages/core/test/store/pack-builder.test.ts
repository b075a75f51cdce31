import { createKeyring, generateKey, OBJECT_KINDS, openBlob, openTable, BLOB_KINDS } from '@holdfast/crypto';
import type { Keyring } from '@holdfast/crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frame, unframe } from '../../src/blobs/codec.ts';
import { domainOf } from '../../src/objects/domain-blob.ts';
import { createPackBuilder, eachLoose } from '../../src/store/pack-builder.ts';
import type { PackBuilder, SealedPack } from '../../src/store/pack-builder.ts';

const salt = (): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(32));

/** All pieces of a pack, opened by the places that it tells. */
function piecesOf(keyring: Keyring, { bytes, header, ids, places }: SealedPack): Uint8Array[] {
  return Array.from({ length: ids.length / 32 }, (_, i) => {
    const [ordinal = 0, offset = 0, length = 0] = places.subarray(3 * i, 3 * i + 3);
    const record = { kind: BLOB_KINDS.piece, ordinal };
    const sealed = bytes.subarray(offset, offset + length);
    return unframe(openBlob(keyring, { header, record, sealed, object: 'x' }), { object: 'x' });
  });
}

describe.each([true, false])('a pack builder, encrypted: %s', (encrypted) => {
  const made = createKeyring({ key: encrypted ? generateKey() : 'none', config: {} });
  const domain = new Uint8Array(16).fill(7);

  async function builder(target: number, of?: Uint8Array): Promise<{ keyring: Keyring; pack: PackBuilder }> {
    const { keyring } = await made;
    return { keyring, pack: createPackBuilder({ keyring, compression: { level: 3 }, domain: of, target }) };
  }

  it('seals what was added, however much more than its target that is', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 5000 }), { minLength: 1, maxLength: 20 }),
        fc.constantFrom(64, 4096, 65_536),
        fc.option(fc.constant(domain), { nil: undefined }),
        async (raws, target, of) => {
          const { keyring, pack } = await builder(target, of);
          for (const raw of raws) pack.add(keyring.blobId(BLOB_KINDS.piece, raw, of), raw);
          const sealed = pack.seal(salt());
          expect(piecesOf(keyring, sealed)).toEqual(raws);
          const { header, records } = openTable(keyring, sealed.bytes, { object: 'x' });
          expect(header.kind).toBe(OBJECT_KINDS.dataPack);
          expect(domainOf(keyring, sealed.bytes, { header: header.bytes, records, object: 'x' })).toEqual(of);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('makes pack after pack in memory that it is given', async () => {
    const { keyring, pack } = await builder(4096);
    let memory: ArrayBuffer | undefined;
    for (let round = 0; round < 4; round += 1) {
      const raws = [0, 1, 2].map((i) => crypto.getRandomValues(new Uint8Array(500 + 100 * i)));
      for (const raw of raws) pack.add(keyring.blobId(BLOB_KINDS.piece, raw), raw);
      const sealed = pack.seal(salt());
      expect(pack.size).toBe(0);
      expect(piecesOf(keyring, sealed)).toEqual(raws);
      if (memory !== undefined) expect(sealed.bytes.buffer).toBe(memory);
      memory = sealed.bytes.buffer as ArrayBuffer;
      pack.give(memory);
    }
  });

  it('keeps one memory for later and frees any other', async () => {
    const { pack } = await builder(4096);
    const [first, second] = [new ArrayBuffer(5000), new ArrayBuffer(5000)];
    pack.give(first);
    pack.give(second);
    expect([first.byteLength, second.byteLength]).toEqual([0, 5000]);
  });

  it('gives what is open away, and takes in what another gave', async () => {
    const { keyring, pack } = await builder(4096);
    const other = (await builder(4096, domain)).pack;
    const raws = [1, 2, 3].map((i) => new TextEncoder().encode(`piece ${i} `.repeat(50 * i)));
    for (const raw of raws) pack.add(keyring.blobId(BLOB_KINDS.piece, raw), raw);
    const size = pack.size;
    const loose = pack.take();
    expect([size > 0, pack.size]).toEqual([true, 0]);
    const plaintexts: Uint8Array[] = [];
    eachLoose(loose, (id, plaintext) => {
      plaintexts.push(plaintext.slice());
      other.addPlaintext(id, plaintext);
    });
    expect(plaintexts).toEqual(raws.map((raw) => frame(raw)));
    expect(piecesOf(keyring, other.seal(salt()))).toEqual(raws);
  });
});
