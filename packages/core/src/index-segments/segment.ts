export type { DecodeSegmentOptions, EncodeSegmentOptions, SegmentContent, SegmentKind } from './directory.ts';
