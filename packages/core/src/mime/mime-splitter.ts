import type { PartSegment } from './part-segment.ts';
export interface MimeSink {
  header(bytes: Uint8Array): void;
  text(bytes: Uint8Array): void;
  attachment(bytes: Uint8Array): void;
  endAttachment(): void;
}
export interface MimeSplitter {
  push(bytes: Uint8Array): void;
  end(): readonly PartSegment[];
}
export function createMimeSplitter(sink: MimeSink): MimeSplitter {
  let n = 0;
  return {
    push(bytes) {
      n += bytes.length;
      sink.text(bytes);
    },
    end: () => (n === 0 ? [] : [{ source: 1, length: n }]),
  };
}
