import { createHash } from 'node:crypto';
import { ATTACHMENT_KINDS, defaultMix } from './attachment-kinds.ts';
import type { AttachmentKind } from './attachment-kinds.ts';

/** What a corpus is made from. Printed with every result. */
export interface CorpusOptions {
  /** What chance begins with. */
  readonly seed: number;
  /** Bytes that all files should have together; what came out is counted. */
  readonly size: number;
  /** Number of files: mails, with a calendar item to every 25th and a contact to every 50th. */
  readonly count: number;
  /** Share of the bytes of attachments that belong to attachments that more than one mail has. */
  readonly shared: number;
  /** Shares of the bytes of attachments by kind; they need not add up to one. */
  readonly mix: Readonly<Record<AttachmentKind, number>>;
}

/** Raise it with every change of what comes out, so that nobody measures with an old corpus out of the cache. */
const GENERATOR = 1;

/** The mail corpus of docs/performance.md. */
export const defaultCorpus: CorpusOptions = { seed: 7, size: 2.05e9, count: 20_200, shared: 0.3, mix: defaultMix };

/** Names a corpus by all that decides about its bytes. */
export function corpusKey(options: CorpusOptions): string {
  const { seed, size, count, shared } = options;
  const mix = ATTACHMENT_KINDS.map((kind) => options.mix[kind]);
  const all = JSON.stringify([GENERATOR, seed, size, count, shared, mix]);
  return createHash('sha256').update(all).digest('hex').slice(0, 16);
}

/** Reads `jpeg=30,pdf=25,csv=5`; kinds left out have no share. */
export function parseMix(text: string): CorpusOptions['mix'] {
  const shares = new Map<string, number>();
  for (const entry of text.split(',')) {
    const [kind = '', share] = entry.split('=');
    if (!ATTACHMENT_KINDS.some((known) => known === kind) || !(Number(share) >= 0))
      throw new RangeError(`--mix takes <kind>=<share>,… of ${ATTACHMENT_KINDS.join(', ')}; got ${entry}`);
    shares.set(kind, Number(share));
  }
  return Object.fromEntries(ATTACHMENT_KINDS.map((kind) => [kind, shares.get(kind) ?? 0])) as CorpusOptions['mix'];
}
