import { expect, it } from 'vitest';

import { encodeBlobSegment } from '../../src/index-segments/blob-segment.ts';
import { encodeItemSegment } from '../../src/index-segments/item-segment.ts';
import { segmentKind } from '../../src/index-segments/segment-kind.ts';
import { encodeSnapshotSegment } from '../../src/index-segments/snapshot-segment.ts';
import { DAMAGED, OBJECT, withMembers } from './fixtures.ts';

it('tells the three kinds apart', () => {
  expect(segmentKind(encodeBlobSegment([]).directory)).toBe('blobs');
  expect(segmentKind(encodeItemSegment([]).directory)).toBe('items');
  expect(segmentKind(encodeSnapshotSegment([]).directory)).toBe('snapshots');
});

it('refuses kinds and versions it does not know, and what is not a directory', () => {
  const empty = encodeBlobSegment([]);
  expect(() => segmentKind(withMembers(empty, { segment: 'more' }).directory, { object: OBJECT })).toThrow(DAMAGED);
  expect(() => segmentKind(new Uint8Array(3), { object: OBJECT })).toThrow(DAMAGED);
  expect(() => segmentKind(withMembers(empty, { segment: 'more', version: 2 }).directory)).toThrow(
    expect.objectContaining({ code: 'ERR_VERSION_UNSUPPORTED' }),
  );
});
