import { inspect } from 'node:util';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { createKeyring } from '../src/create-keyring.ts';
import type { Keyring } from '../src/keyring.ts';
import { OBJECT_KINDS } from '../src/object-header.ts';
import { openBlob, openTable } from '../src/open-object.ts';
import { generateKey } from '../src/repository-key.ts';
import { sealObject } from '../src/seal-object.ts';
import { joinKeyring, shareKeyring } from '../src/shared-keyring.ts';
import type { SharedKeyring } from '../src/shared-keyring.ts';

/** What a keyring becomes on its way through a port. */
function sendThroughPort(keyring: Keyring): Keyring {
  const { port1, port2 } = new MessageChannel();
  try {
    port1.postMessage(shareKeyring(keyring));
    return joinKeyring((receiveMessageOnPort(port2) as { readonly message: SharedKeyring }).message);
  } finally {
    port1.close();
  }
}

describe.each(['encrypted', 'clear'] as const)('a keyring sent to another thread, %s', (kind) => {
  test('makes the same ids and opens what the first one sealed', async () => {
    const key = kind === 'clear' ? 'none' : generateKey();
    const { keyring } = await createKeyring({ key, config: { version: 1 } });
    const joined = sendThroughPort(keyring);
    const raw = new TextEncoder().encode('some bytes');
    const id = keyring.blobId(1, raw);
    expect(joined.blobId(1, raw)).toEqual(id);
    expect(joined.itemId('source', 'item')).toEqual(keyring.itemId('source', 'item'));
    expect(joined.chunkerKey).toEqual(keyring.chunkerKey);

    const { bytes } = sealObject(keyring, { kind: OBJECT_KINDS.dataPack, blobs: [{ kind: 1, id, plaintext: raw }] });
    const { header, records } = openTable(joined, bytes, { object: 'pack' });
    const [{ ordinal, offset, length } = { ordinal: 0, offset: 0, length: 0 }] = records;
    const sealed = bytes.subarray(offset, offset + length);
    const record = { ordinal, kind: 1 };
    expect(openBlob(joined, { header: header.bytes, record, sealed, object: 'pack' })).toEqual(raw);
  });

  test('is disposed of by itself', async () => {
    const { keyring } = await createKeyring({
      key: kind === 'clear' ? 'none' : generateKey(),
      config: { version: 1 },
    });
    const joined = sendThroughPort(keyring);
    keyring[Symbol.dispose]();
    expect(joined.blobId(1, new Uint8Array(3))).toHaveLength(32);
    joined[Symbol.dispose]();
    expect(() => joined.blobId(1, new Uint8Array(3))).toThrow(TypeError);
    expect(() => shareKeyring(keyring)).toThrow(TypeError);
  });

  test('shows no key bytes when its shared form is printed', async () => {
    const { keyring } = await createKeyring({
      key: kind === 'clear' ? 'none' : generateKey(),
      config: { version: 1 },
    });
    const shown = inspect(shareKeyring(keyring), { depth: 9 });
    expect(shown).not.toContain(inspect(keyring.chunkerKey).slice(16, 60));
  });
});
