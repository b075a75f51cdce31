/** Room for the ids of a bench; with more the table only gets slower. */
const SLOTS = 2 ** 21;

/** Memory in which all threads note which blobs they have. */
export function makeKnownIds(): SharedArrayBuffer {
  return new SharedArrayBuffer(SLOTS * 8);
}

/** Returns a function that notes an id and tells whether it is new: in the same memory to one thread only. */
export function noteIn(memory: SharedArrayBuffer): (id: Buffer) => boolean {
  const table = new BigInt64Array(memory);
  return (id) => {
    const value = id.readBigInt64LE(0) || 1n;
    for (let slot = id.readUInt32LE(8) % SLOTS; ; slot = (slot + 1) % SLOTS) {
      const there = Atomics.compareExchange(table, slot, 0n, value);
      if (there === 0n) return true;
      if (there === value) return false;
    }
  };
}
