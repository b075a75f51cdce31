import { viewOf } from './bytes.ts';
import { GCM_NONCE_LENGTH, GCM_TAG_LENGTH, gcmOpen, gcmSeal } from './gcm.ts';
import type { ObjectSeal } from './keyring.ts';

/** Ordinal under which the table is sealed. */
export const TABLE_ORDINAL = 0xff_ff_ff_ff;
/** Kind under which the table is sealed. */
export const TABLE_KIND = 0xff;
const NONCE_ORDINAL_OFFSET = 8;
const ORDINAL_LENGTH = 4;
const PLACE_LENGTH = 5;

/** Which place in an object something is sealed for. */
export interface SealedPlace {
  /** Ordinal of the blob, or that of the table. */
  readonly ordinal: number;
  /** Kind of the blob, or that of the table. */
  readonly kind: number;
}

/** Bytes that sealing adds to each blob and to the table. */
export function sealOverhead(seal: ObjectSeal): number {
  return seal.key === undefined ? 0 : GCM_TAG_LENGTH;
}

/** Writes the sealed form of a plaintext, which is {@link sealOverhead} bytes longer. */
export function sealInto(seal: ObjectSeal, place: SealedPlace, plaintext: Uint8Array, into: Uint8Array): void {
  if (seal.key === undefined) into.set(plaintext);
  else gcmSeal(seal.key, { nonce: nonceOf(place), aad: aadOf(seal, place), plaintext, into });
}

/** The plaintext of a sealed form; `undefined` if it is not what was sealed for that place. */
export function openSealed(seal: ObjectSeal, place: SealedPlace, sealed: Uint8Array): Uint8Array | undefined {
  if (seal.key === undefined) return sealed;
  return gcmOpen(seal.key, { nonce: nonceOf(place), aad: aadOf(seal, place), sealed });
}

function nonceOf({ ordinal }: SealedPlace): Uint8Array {
  const nonce = new Uint8Array(GCM_NONCE_LENGTH);
  viewOf(nonce).setUint32(NONCE_ORDINAL_OFFSET, ordinal);
  return nonce;
}

function aadOf(seal: ObjectSeal, { ordinal, kind }: SealedPlace): Uint8Array {
  const start = seal.aad.length;
  const aad = new Uint8Array(start + PLACE_LENGTH);
  aad.set(seal.aad);
  const view = viewOf(aad);
  view.setUint32(start, ordinal);
  view.setUint8(start + ORDINAL_LENGTH, kind);
  return aad;
}
