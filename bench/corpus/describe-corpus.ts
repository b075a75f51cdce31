import { constants, zstdCompressSync } from 'node:zlib';
import { ATTACHMENT_KINDS, makeAttachment } from './attachment-kinds.ts';
import type { CorpusOptions } from './corpus-options.ts';
import { corpusKey } from './corpus-options.ts';
import { createDice } from './dice.ts';
import { listFiles } from './list-files.ts';
import { itemMaker } from './make-item.ts';
import { planCorpus } from './plan-corpus.ts';

/** What came out of a corpus: stands beside it and in every result. */
export interface CorpusDescription {
  readonly name: string;
  /** What it was made from; absent of one that was not made here. */
  readonly options: CorpusOptions | undefined;
  readonly files: number;
  readonly bytes: number;
  /** Decoded bytes of all attachments. */
  readonly attachmentBytes: number;
  /** Share of them that belongs to attachments that stand in more than one mail. */
  readonly sharedBytes: number;
  /** Share of them that is the second or a later copy. */
  readonly repeatedBytes: number;
  /** Bytes of the files by what they are divided by the same after Zstandard 3, each piece by itself. */
  readonly compressibility: Readonly<Record<string, number>>;
}

const SAMPLE = 400;

/** Counts a corpus, and compresses a sample of everything that is in it. */
export function describeCorpus(options: CorpusOptions, folder: string): CorpusDescription {
  const sizes = [...listFiles(folder)].map(({ size }) => size);
  const plan = planCorpus(options);
  const attachments = plan.flatMap((item) => item.attachments);
  const groups = Map.groupBy(attachments, ({ content }) => content);
  const attachmentBytes = sum(attachments.map(({ size }) => size));
  const shared = [...groups.values()].filter((group) => group.length > 1);

  const makeItem = itemMaker(options.seed);
  const step = Math.max(1, Math.floor(plan.length / SAMPLE));
  const samples = plan.filter(({ index }) => index % step === 0);
  const compressibility: Record<string, number> = {
    'whole files': ratio(samples.map((item) => makeItem(item).bytes)),
    'header, text and HTML': ratio(samples.map((item) => Buffer.from(makeItem(item).text))),
  };
  for (const kind of ATTACHMENT_KINDS) {
    if (options.mix[kind] === 0) continue;
    const made = [20_000, 100_000, 500_000].map((size) =>
      makeAttachment(kind, size, createDice(options.seed, 7, size)),
    );
    compressibility[`${kind}, decoded`] = ratio(made);
  }
  return {
    name: corpusKey(options),
    options,
    files: sizes.length,
    bytes: sum(sizes),
    attachmentBytes,
    sharedBytes: sum(shared.flat().map(({ size }) => size)) / Math.max(1, attachmentBytes),
    repeatedBytes:
      sum(shared.flatMap((group) => group.slice(1)).map(({ size }) => size)) / Math.max(1, attachmentBytes),
    compressibility,
  };
}

function ratio(pieces: readonly Buffer[]): number {
  const params = { [constants.ZSTD_c_compressionLevel]: 3 };
  const packed = sum(pieces.map((piece) => Math.min(piece.length, zstdCompressSync(piece, { params }).length)));
  return Number((sum(pieces.map(({ length }) => length)) / packed).toFixed(2));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
