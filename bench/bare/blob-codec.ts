import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync, randomBytes } from 'node:crypto';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

/** The primitives, with keys. */
export interface BlobCodec {
  /** Keyed hash: what a blob is called. */
  idOf(raw: Uint8Array): Buffer;
  /** Compresses and encrypts. */
  seal(raw: Uint8Array): Buffer;
  /** Decrypts and decompresses to that length. */
  open(sealed: Uint8Array, length: number): Buffer;
}

const TAG = 16;

/** Makes the primitives of the engine, called as fast as is known: keys as objects, sizes pledged, everything synchronous. */
export function createBlobCodec(secret: Uint8Array, level: number): BlobCodec {
  const [idKey, sealKey] = ['id', 'seal'].map((info) =>
    createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', info, 32))),
  );
  if (!idKey || !sealKey) throw new TypeError('there are two keys');
  const nonce = randomBytes(12);
  let counter = 0;

  return {
    idOf: (raw) => createHmac('sha256', idKey).update(raw).digest(),

    seal(raw) {
      const packed = zstdCompressSync(raw, {
        pledgedSrcSize: raw.length,
        chunkSize: raw.length + (raw.length >> 7) + 128,
        params: { [constants.ZSTD_c_compressionLevel]: level },
      });
      const iv = Buffer.from(nonce);
      iv.writeUInt32LE((counter += 1), 8);
      const cipher = createCipheriv('aes-256-gcm', sealKey, iv);
      return Buffer.concat([iv, cipher.update(packed), cipher.final(), cipher.getAuthTag()]);
    },

    open(sealed, length) {
      const end = sealed.length - TAG;
      const decipher = createDecipheriv('aes-256-gcm', sealKey, sealed.subarray(0, 12));
      decipher.setAuthTag(sealed.subarray(end));
      const packed = decipher.update(sealed.subarray(12, end));
      decipher.final();
      return zstdDecompressSync(packed, { chunkSize: Math.max(64, length + 1), maxOutputLength: Math.max(1, length) });
    },
  };
}
