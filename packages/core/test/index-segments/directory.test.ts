import { expect, it } from 'vitest';

import { encodeBlobSegment } from '../../src/index-segments/blob-segment.ts';
import { decodeDirectory } from '../../src/index-segments/directory.ts';
import type { SegmentContent } from '../../src/index-segments/directory.ts';
import { encodeItemSegment } from '../../src/index-segments/item-segment.ts';
import { encodeSnapshotSegment } from '../../src/index-segments/snapshot-segment.ts';
import { DAMAGED, OBJECT, withMembers } from './fixtures.ts';

const kindOf = ({ directory }: Pick<SegmentContent, 'directory'>): string =>
  decodeDirectory(directory, { object: OBJECT }).segment;

it('tells the three kinds apart', () => {
  expect(kindOf(encodeBlobSegment([]))).toBe('blobs');
  expect(kindOf(encodeItemSegment([]))).toBe('items');
  expect(kindOf(encodeSnapshotSegment([]))).toBe('snapshots');
});

it('refuses kinds and versions it does not know, and what is not a directory', () => {
  const empty = encodeBlobSegment([]);
  expect(() => kindOf(withMembers(empty, { segment: 'more' }))).toThrow(DAMAGED);
  expect(() => kindOf({ directory: new Uint8Array(3) })).toThrow(DAMAGED);
  expect(() => kindOf(withMembers(empty, { segment: 'more', version: 2 }))).toThrow(
    expect.objectContaining({ code: 'ERR_VERSION_UNSUPPORTED' }),
  );
});
