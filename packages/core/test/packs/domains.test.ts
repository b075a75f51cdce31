import { BLOB_KINDS, createKeyring, generateKey, OBJECT_KINDS, sealObject } from '@holdfast/crypto';
import type { Keyring } from '@holdfast/crypto';
import { memoryDestination } from '@holdfast/destinations/memory';
import { seededRandomness, virtualClock } from '@holdfast/testkit';
import { describe, expect, it } from 'vitest';
import { frame } from '../../src/blobs/codec.ts';
import { createBlobIndex } from '../../src/index-segments/blob-index.ts';
import type { BlobLocation, PackInfo } from '../../src/index-segments/blob-segment.ts';
import { decodeBlobSegment, encodeBlobSegment } from '../../src/index-segments/blob-segment.ts';
import { domainBlobs } from '../../src/objects/domain-blob.ts';
import { createObjectStore } from '../../src/objects/object-store.ts';
import { openBlobs, sealBlobs } from '../../src/objects/sealed-object.ts';
import { createBlobReader } from '../../src/packs/blob-reader.ts';
import { createTreePackWriter } from '../../src/packs/tree-pack-writer.ts';
import { decodeNode, encodeBody, encodeNode } from '../../src/tree/node.ts';
import { createPieceWriter } from '../support/piece-writer.ts';

const randomness = seededRandomness(1);
const [one, other] = [randomness.bytes(16), randomness.bytes(16)] as const;
const raw = randomness.bytes(3000);
const [piece, node] = [BLOB_KINDS.piece, BLOB_KINDS.node] as const;

describe.each(['encrypted', 'clear'] as const)('packs with a domain, %s', (form) => {
  async function createLab(): Promise<{
    readonly keyring: Keyring;
    readonly index: ReturnType<typeof createBlobIndex>;
    readonly objects: ReturnType<typeof createObjectStore>;
    store(domain: Uint8Array | undefined): Promise<Uint8Array>;
    read(id: Uint8Array, hint: BlobLocation | undefined): Promise<Uint8Array>;
  }> {
    const key = form === 'clear' ? 'none' : generateKey();
    const { keyring } = await createKeyring({ key, config: {}, randomness, clock: virtualClock() });
    const objects = createObjectStore(memoryDestination());
    const index = createBlobIndex();
    const reader = createBlobReader({ objects, keyring, index: async () => index });
    return {
      keyring,
      index,
      objects,
      async store(domain) {
        const writer = createPieceWriter({ objects, keyring, randomness, index, target: 100_000, domain });
        const id = await writer.add(raw);
        await writer.flush();
        return id;
      },
      read: (id, hint) => reader.read({ kind: piece, id, hint }),
    };
  }

  const withDomain = (location: BlobLocation, domain: Uint8Array | undefined): BlobLocation => {
    const { name, header, size } = location.pack;
    return { ...location, pack: { name, header, size, domain } };
  };

  it('share nothing with others, and each is read', async () => {
    const { store, read, index, objects } = await createLab();
    const ids = [await store(undefined), await store(one), await store(other), await store(one)];
    expect(new Set(ids.map((id) => Buffer.from(id).toString('hex'))).size).toBe(3);
    expect(objects.traffic.objectsWritten).toBe(3);
    for (const id of ids) expect(await read(id, await index.find(id))).toEqual(raw);
  });

  it('are damaged, and never wrong data, where the domain is missing or another', async () => {
    const { store, read, index } = await createLab();
    const id = await store(one);
    const location = (await index.find(id)) as BlobLocation;
    for (const domain of [undefined, other]) {
      expect(await read(id, withDomain(location, domain)), 'the index knows better').toEqual(raw);
      index.add(id, withDomain(location, domain));
      await expect(read(id, withDomain(location, domain))).rejects.toMatchObject({ code: 'ERR_OBJECT_DAMAGED' });
      await expect(read(id, undefined)).rejects.toMatchObject({ code: 'ERR_OBJECT_DAMAGED' });
      expect(await read(id, location), 'a good hint is good enough').toEqual(raw);
      index.add(id, location);
    }
  });

  it('tell it themselves, to whoever has the whole object', async () => {
    const { keyring, objects, store, index } = await createLab();
    const { pack } = (await index.find(await store(one))) as BlobLocation;
    const bytes = await objects.get('data', Buffer.from(pack.name).toString('hex'));
    expect([...openBlobs(keyring, bytes, { kind: OBJECT_KINDS.dataPack, object: 'x' })]).toEqual([
      { kind: piece, raw },
    ]);

    const [domain] = domainBlobs(keyring, one);
    const blob = { kind: piece, id: keyring.blobId(piece, raw, one), plaintext: frame(raw) };
    const short = {
      kind: BLOB_KINDS.domain,
      id: keyring.blobId(8, one.subarray(1)),
      plaintext: frame(one.subarray(1)),
    };
    const foreign = { ...domain!, plaintext: frame(other) };
    for (const blobs of [[blob], [blob, domain!], [domain!, blob, domain!], [short, blob], [foreign, blob]]) {
      const damaged = sealObject(keyring, { kind: OBJECT_KINDS.dataPack, blobs, randomness }).bytes;
      expect(() => [...openBlobs(keyring, damaged, { kind: OBJECT_KINDS.dataPack, object: 'x' })]).toThrow(
        expect.objectContaining({ code: 'ERR_OBJECT_DAMAGED' }),
      );
    }
  });

  it('hold nodes at the places that were foretold', async () => {
    const { keyring, objects, index } = await createLab();
    const packs = createTreePackWriter({ objects, keyring, randomness, index, target: 2000, domain: one });
    const reader = createBlobReader({ objects, keyring, index: async () => index });
    const bodies = [1, 2, 3, 4].map((number) => encodeBody(0, [Uint8Array.of(number), randomness.bytes(900)]));
    const written = [];
    for (const body of bodies) {
      const id = keyring.blobId(node, body, packs.domain);
      const pack = await packs.room();
      written.push({ id, body, place: packs.append(id, encodeNode(body, [], pack)) });
    }
    await packs.flush();
    const before = objects.traffic.objectsWritten;
    await packs.flush();
    expect(objects.traffic.objectsWritten, 'a domain alone makes no pack').toBe(before);
    expect(before).toBeGreaterThan(1);
    for (const { id, place } of written) {
      const { stored } = place.pack;
      expect(await index.find(id)).toEqual({ ...place, pack: stored });
      const [bytes] = await reader.readMany([{ kind: node, id, hint: { ...place, pack: stored as PackInfo } }]);
      expect(decodeNode(bytes as Uint8Array, { object: 'x' }).level).toBe(0);
    }
  });

  it('are told with it by hints and by the index', async () => {
    const { keyring, store, index } = await createLab();
    const plain = (await index.find(await store(undefined))) as BlobLocation;
    const own = (await index.find(await store(one))) as BlobLocation;
    const stored = (location: BlobLocation) => ({ ...location, pack: { stored: location.pack } });
    const hinted = encodeNode(encodeBody(0, [Uint8Array.of(1)]), [plain, own].map(stored), undefined);
    const { places } = decodeNode(hinted, { object: 'x' });
    expect(places.map((place) => place?.pack.domain)).toEqual([undefined, one]);
    const recent = index.take();
    const taken = [...recent.records(0, recent.size)];
    const segment = decodeBlobSegment(encodeBlobSegment(taken), { object: 'x' });
    for (const { id, location } of taken) expect(segment.find(id)?.pack.domain).toEqual(location.pack.domain);
    expect(() => encodeBlobSegment(taken.map((record) => ({ ...record, location: withDomain(own, raw) })))).toThrow(
      RangeError,
    );
    const text = new TextEncoder().encode('{}');
    const blobs = [{ kind: BLOB_KINDS.snapshot, raw: text }];
    const sealed = sealBlobs(keyring, blobs, { kind: OBJECT_KINDS.snapshot, randomness, domain: one });
    expect([...openBlobs(keyring, sealed, { kind: OBJECT_KINDS.snapshot, object: 'x' })]).toEqual(blobs);
  });
});
