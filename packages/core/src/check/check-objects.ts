import { hash as digest } from 'node:crypto';
import { BLOB_KINDS, OBJECT_KINDS, openBlob, openTable } from '@holdfast/crypto';
import { RepositoryError } from '@holdfast/contracts';
import { unframe } from '../blobs/codec.ts';
import type { PackInfo } from '../index-segments/blob-segment.ts';
import { equalBytes, equalOptionalBytes, toHex } from '../internal/bytes.ts';
import { domainOf } from '../objects/domain-blob.ts';
import { objectName } from '../objects/object-name.ts';
import type { ObjectType } from '../objects/object-name.ts';
import { idOfBlob, openBlobs } from '../objects/sealed-object.ts';
import { addProblem, noting } from './check-context.ts';
import type { CheckContext } from './check-context.ts';

const SMALL_OBJECTS: readonly (readonly [ObjectType, number])[] = [
  ['index', OBJECT_KINDS.segment],
  ['snapshots', OBJECT_KINDS.snapshot],
];

const OTHER_DOMAIN = 'its domain is not the one that the index has';

/** Reads every object and compares it with its name; with `decrypt` opens every blob in it as well. */
export async function checkObjects(context: CheckContext, { decrypt }: { readonly decrypt: boolean }): Promise<void> {
  const { vault, options, packs } = context;
  for (const [type, kind] of SMALL_OBJECTS) {
    for await (const { hash } of vault.objects.list(type, options)) {
      await checkObject(context, type, hash, (bytes, object) => {
        if (decrypt) context.blobs += [...openBlobs(vault.keyring, bytes, { kind, object })].length;
      });
    }
  }
  const indexed = new Map([...vault.index.blobs.packs()].map(({ name, domain }) => [toHex(name), { domain }]));
  for (const hash of packs.keys()) {
    await checkObject(context, 'data', hash, (bytes, object) =>
      decrypt ? openPack(context, bytes, object, indexed.get(hash)) : undefined,
    );
  }
}

/** Reads an object, compares it with its name, and looks into it. */
export async function checkObject(
  context: CheckContext,
  type: ObjectType,
  hash: string,
  inspect: (bytes: Uint8Array, object: string) => void | Promise<void>,
): Promise<void> {
  const { vault, options, checked } = context;
  const object = objectName(type, hash);
  options.signal?.throwIfAborted();
  await context.whileHeldUp();
  await noting(context, object, async () => {
    const bytes = await vault.destination.get(object, options);
    vault.objects.traffic.bytesRead += bytes.length;
    if (digest('sha256', bytes, 'hex') !== hash) {
      throw new RepositoryError('ERR_OBJECT_DAMAGED', { object, reason: 'its SHA-256 is not its name' });
    }
    await inspect(bytes, object);
  });
  checked(object);
}

/** Opens the blobs of a pack one by one, so that each damaged one is found. */
async function openPack(
  context: CheckContext,
  bytes: Uint8Array,
  object: string,
  indexed: Pick<PackInfo, 'domain'> | undefined,
): Promise<void> {
  const { keyring } = context.vault;
  const { header, records } = openTable(keyring, bytes, { object });
  const domain = domainOf(keyring, bytes, { header: header.bytes, records, object });
  if (indexed !== undefined && !equalOptionalBytes(indexed.domain, domain)) {
    addProblem(context, new RepositoryError('ERR_OBJECT_DAMAGED', { object, reason: OTHER_DOMAIN }), object);
  }
  for (const { kind, ordinal, offset, length, id } of records) {
    if (kind === BLOB_KINDS.padding || kind === BLOB_KINDS.domain) continue;
    await noting(context, object, () => {
      const sealed = bytes.subarray(offset, offset + length);
      const plaintext = openBlob(keyring, { header: header.bytes, record: { ordinal, kind }, sealed, object });
      const raw = unframe(plaintext, { object });
      if (!equalBytes(idOfBlob(keyring, { kind, raw }, { object, domain }), id)) {
        throw new RepositoryError('ERR_OBJECT_DAMAGED', { object, reason: 'a blob does not have its id' });
      }
      context.blobs += 1;
    });
  }
}
