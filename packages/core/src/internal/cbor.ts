export { decodeCbor } from './cbor-decoder.ts';
export { createCborEncoder, encodeCbor } from './cbor-encoder.ts';
export type { CborValue } from './cbor-value.ts';
