import { createHash } from 'node:crypto';
import { CryptoError, RepositoryError } from '@holdfast/contracts';
import type { Randomness } from '@holdfast/contracts';
import { openBlob, openTable, sealObject } from '../src/index.ts';
import type { BlobToSeal, Keyring, KeyFile, SealedObject } from '../src/index.ts';
import { openMaterial } from '../src/keyring.ts';

/** Runs of a property; more with SLOW=1. */
export const propertyRuns: number = process.env['SLOW'] === '1' ? 2000 : 100;

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
export const unhex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));
export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
export const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Bytes that are the same in every run: SHA-256 of the seed and a counter. */
export function seededRandomness(seed: string): Randomness {
  let counter = 0;
  return {
    bytes: (length) => {
      const bytes = new Uint8Array(length);
      for (let offset = 0; offset < length; offset += 32) {
        const block = createHash('sha256').update(`${seed} ${counter}`).digest();
        counter += 1;
        bytes.set(block.subarray(0, Math.min(32, length - offset)), offset);
      }
      return bytes;
    },
  };
}

/** A keyring from a seed, without the cost of a slot. */
export function keyringOf(
  seed: string,
  options: { readonly encrypted?: boolean; readonly epoch?: number } = {},
): Keyring {
  const { encrypted = true, epoch = 1 } = options;
  const randomness = seededRandomness(seed);
  const repositoryId = randomness.bytes(32);
  const root = randomness.bytes(32);
  const epochs = new Map<number, Uint8Array>();
  const last = encrypted ? epoch : 0;
  for (let number = 1; number <= last; number += 1) epochs.set(number, randomness.bytes(32));
  return openMaterial({ repositoryId, encrypted, generation: 1, epoch: last, root, epochs });
}

export function blobOf(keyring: Keyring, kind: number, text: string): BlobToSeal {
  const plaintext = bytesOf(text);
  return { kind, id: keyring.blobId(kind, plaintext), plaintext };
}

/** Opens everything in an object but its padding, and checks the ids. */
export function readAll(keyring: Keyring, bytes: Uint8Array, object = 'data/ab/abcd'): readonly Uint8Array[] {
  const { header, records } = openTable(keyring, bytes, { object });
  return records.map((record) => {
    const sealed = bytes.subarray(record.offset, record.offset + record.length);
    const plaintext = openBlob(keyring, { header: header.bytes, record, sealed, object });
    if (hex(keyring.blobId(record.kind, plaintext)) !== hex(record.id)) throw new Error('another id');
    return plaintext;
  });
}

/** A small object of two blobs. */
export function smallObject(keyring: Keyring, seed = 'salt'): SealedObject {
  return sealObject(keyring, {
    kind: 1,
    blobs: [blobOf(keyring, 1, 'Dear Ada'), blobOf(keyring, 1, 'the engine works')],
    randomness: seededRandomness(seed),
  });
}

/** The code of a typed error that names its object, or what was thrown instead. */
export function codeOf(action: () => unknown): unknown {
  try {
    action();
    return 'nothing was thrown';
  } catch (error) {
    return codeOfError(error);
  }
}

export function codeOfError(error: unknown): unknown {
  if (!CryptoError.is(error) && !RepositoryError.is(error)) return error;
  return error.code;
}

export function keyFileOf(bytes: Uint8Array): KeyFile {
  return { name: `keys/${createHash('sha256').update(bytes).digest('hex')}`, bytes };
}

/** A copy with one byte changed. */
export function flipped(bytes: Uint8Array, index: number): Uint8Array {
  const copy = bytes.slice();
  copy[index] = (copy[index] ?? 0) ^ 0x01;
  return copy;
}
