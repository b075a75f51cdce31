import { hash as digest } from 'node:crypto';
import { BLOB_KINDS, openTable } from '@holdfast/crypto';
import type { Keyring } from '@holdfast/crypto';
import { CryptoError, RepositoryError } from '@holdfast/contracts';
import { equalBytes, equalOptionalBytes } from '../internal/bytes.ts';
import { freeBytes } from '../internal/free-bytes.ts';
import { domainOf } from '../objects/domain-blob.ts';
import { openRawBlob } from '../objects/open-raw-blob.ts';
import { idOfBlob } from '../objects/sealed-object.ts';
import type { LaneContext, TaskResult } from '../threads/tasks.ts';

/** What is wrong with an object. */
export type ObjectProblem = Pick<RepositoryError | CryptoError, 'code' | 'message'>;

/** An object that was read whole. */
export interface ObjectToVerify {
  /** Its name, for errors. */
  readonly object: string;
  /** Hex of the SHA-256 that its bytes must have. */
  readonly hash: string;
  /** Its bytes. */
  readonly bytes: Uint8Array;
  /** How its blobs are opened; absent where they are not. */
  readonly open?: OpenToVerify | undefined;
}

/** What must hold of an object that is opened. */
export interface OpenToVerify {
  /** The kind that its header must say; absent where any will do. */
  readonly kind?: number | undefined;
  /** The domain that the index has for it; absent where the index does not know it. */
  readonly indexed?: { readonly domain?: Uint8Array | undefined } | undefined;
}

/** What was found. */
export interface VerifiedObject {
  /** Each kind of problem once. */
  readonly problems: readonly ObjectProblem[];
  /** Blobs that were opened and have their ids. */
  readonly blobs: number;
}

const OTHER_DOMAIN = 'its domain is not the one that the index has';

/** Compares an object with its name, opens its blobs one by one, tells everything that is wrong, and frees the object. */
export function verifyObject(
  { keyring }: LaneContext,
  { object, hash, bytes, open }: ObjectToVerify,
): TaskResult<VerifiedObject> {
  const problems = new Map<string, ObjectProblem>();
  let blobs = 0;
  const noting = (step: () => void): void => {
    try {
      step();
    } catch (error) {
      if (!RepositoryError.is(error) && !CryptoError.is(error)) throw error;
      const { code, message } = error;
      problems.set(`${code} ${message}`, { code, message });
    }
  };
  noting(() => {
    if (digest('sha256', bytes, 'hex') !== hash) {
      throw new RepositoryError('ERR_OBJECT_DAMAGED', { object, reason: 'its SHA-256 is not its name' });
    }
    if (open === undefined) return;
    for (const verify of blobsOf(keyring, { object, bytes, open, noting })) {
      noting(() => {
        verify();
        blobs += 1;
      });
    }
  });
  freeBytes(bytes);
  return { output: { problems: [...problems.values()], blobs }, transfer: [] };
}

/** Yields for each blob, padding and domain excepted, what opens it and compares it with its id. */
function* blobsOf(
  keyring: Keyring,
  {
    object,
    bytes,
    open,
    noting,
  }: {
    readonly object: string;
    readonly bytes: Uint8Array;
    readonly open: OpenToVerify;
    readonly noting: (step: () => void) => void;
  },
): Generator<() => void, void, void> {
  const { header, records } = openTable(keyring, bytes, { object });
  if (open.kind !== undefined && header.kind !== open.kind) {
    throw new RepositoryError('ERR_OBJECT_DAMAGED', { object, reason: `its header says kind ${header.kind}` });
  }
  const domain = domainOf(keyring, bytes, { header: header.bytes, records, object });
  const { indexed } = open;
  if (indexed !== undefined && !equalOptionalBytes(indexed.domain, domain)) {
    noting(() => {
      throw new RepositoryError('ERR_OBJECT_DAMAGED', { object, reason: OTHER_DOMAIN });
    });
  }
  for (const { kind, ordinal, offset, length, id } of records) {
    if (kind === BLOB_KINDS.padding || kind === BLOB_KINDS.domain) continue;
    yield () => {
      const sealed = bytes.subarray(offset, offset + length);
      const raw = openRawBlob(keyring, { header: header.bytes, record: { ordinal, kind }, sealed, object });
      const isRight = equalBytes(idOfBlob(keyring, { kind, raw }, { object, domain }), id);
      if (raw.buffer !== bytes.buffer) freeBytes(raw);
      if (!isRight) {
        throw new RepositoryError('ERR_OBJECT_DAMAGED', { object, reason: 'a blob does not have its id' });
      }
    };
  }
}
