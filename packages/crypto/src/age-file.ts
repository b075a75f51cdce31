import { CryptoError } from '@holdfast/contracts';

/** An object of `keys/` as it was read. */
export interface KeyFile {
  /** Its name: `keys/` and the SHA-256 of its bytes in hex. */
  readonly name: string;
  /** Its bytes. */
  readonly bytes: Uint8Array;
}

/** What an age file is tried with: the passphrase of a slot, or the identity of a keyring. */
export type AgeUnlocker =
  | {
      /** The secret of a slot. */
      readonly passphrase: string;
    }
  | {
      /** The X25519 identity of a keyring. */
      readonly identity: string;
    };

/**
 * Opens an age file whose header was looked at before; `undefined` if the secret does not fit.
 *
 * @throws `ERR_KEYRING_DAMAGED`, a {@link CryptoError}, if the secret fits and the payload is not authentic.
 */
export async function openAgeFile(file: KeyFile, unlocker: AgeUnlocker): Promise<Uint8Array | undefined> {
  // Here and not above: it takes 15 MB in every thread that loads it, and only opening and making keys needs it.
  const { Decrypter } = await import('age-encryption');
  const header = new Decrypter();
  if ('passphrase' in unlocker) header.addPassphrase(unlocker.passphrase);
  else header.addIdentity(unlocker.identity);
  // In two steps, because age tells "not for this secret" and "payload changed" apart only by the words of an error;
  // and the file key is handed on, because scrypt should be paid for once.
  const fileKey = await header.decryptHeader(file.bytes).catch(() => undefined);
  if (fileKey === undefined) return undefined;
  const payload = new Decrypter();
  payload.addIdentity({ unwrapFileKey: () => fileKey });
  try {
    return await payload.decrypt(file.bytes);
  } catch (cause) {
    throw new CryptoError('ERR_KEYRING_DAMAGED', { object: file.name }, { cause });
  }
}
