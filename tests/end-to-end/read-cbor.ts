/** A value of CBOR as docs/format/README.md allows it. */
export type Cbor = number | string | boolean | null | Uint8Array | readonly Cbor[] | { readonly [name: string]: Cbor };

/** Reads one CBOR value (RFC 8949) and returns it with what is left: a second reader beside that of the engine. */
export function readCbor(bytes: Uint8Array): { readonly value: Cbor; readonly rest: Uint8Array } {
  let at = 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

  function take(length: number): Uint8Array {
    at += length;
    return bytes.subarray(at - length, at);
  }

  function argument(info: number): number {
    if (info < 24) return info;
    const length = 2 ** (info - 24);
    at += length;
    if (length === 1) return view.getUint8(at - 1);
    if (length === 2) return view.getUint16(at - 2);
    if (length === 4) return view.getUint32(at - 4);
    return Number(view.getBigUint64(at - 8));
  }

  function simple(info: number): Cbor {
    if (info === 20 || info === 21) return info === 21;
    if (info === 22) return null;
    if (info === 27) return new DataView(take(8).slice().buffer).getFloat64(0);
    if (info === 26) return new DataView(take(4).slice().buffer).getFloat32(0);
    throw new RangeError(`not in the format: simple value ${info}`);
  }

  function read(): Cbor {
    const head = view.getUint8(at++);
    const major = head >> 5;
    if (major === 7) return simple(head & 31);
    const count = argument(head & 31);
    if (major === 0) return count;
    if (major === 1) return -1 - count;
    if (major === 2) return take(count);
    if (major === 3) return new TextDecoder('utf-8', { fatal: true }).decode(take(count));
    if (major === 4) return Array.from({ length: count }, () => read());
    if (major === 5) return Object.fromEntries(Array.from({ length: count }, () => [String(read()), read()]));
    throw new RangeError(`not in the format: major type ${major}`);
  }

  const value = read();
  return { value, rest: bytes.subarray(at) };
}
