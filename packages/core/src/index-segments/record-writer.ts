/** Bytes that grow by records of one length. */
export interface RecordWriter {
  /** Adds a record of zeros, and tells where it lies in {@link RecordWriter.view}. */
  add(): number;
  /** The bytes as they are now; `add` may replace it. */
  view(): DataView;
  /** The records so far, as bytes that are not copied. */
  bytes(): Uint8Array;
}

const FIRST_RECORDS = 256;

/** Makes an empty writer of records. */
export function createRecordWriter(recordLength: number): RecordWriter {
  let bytes = new Uint8Array(FIRST_RECORDS * recordLength);
  let view = new DataView(bytes.buffer);
  let length = 0;

  return {
    add() {
      if (length === bytes.length) {
        const larger = new Uint8Array(bytes.length * 2);
        larger.set(bytes);
        bytes = larger;
        view = new DataView(bytes.buffer);
      }
      length += recordLength;
      return length - recordLength;
    },
    view: () => view,
    bytes: () => bytes.subarray(0, length),
  };
}

/** Writes bytes into a view. */
export function setBytes(view: DataView, offset: number, bytes: Uint8Array): void {
  new Uint8Array(view.buffer, view.byteOffset, view.byteLength).set(bytes, offset);
}
