/**
 * Backs up an engine source that is large in some way into a folder, and prints what came of it and the most memory that was in
 * use. Started by tests, with its settings in HOLDFAST_SETTINGS.
 */
import process from 'node:process';
import { HoldfastError } from '@holdfast/contracts';
import { openRepository } from '@holdfast/core';
import { localDestination } from '@holdfast/destinations/local';
import { engineSource, ordinaryParts, streamOf } from './engine-source.ts';

/** What the program is to do. */
export interface EngineProgramSettings {
  /** The repository, which is not encrypted. */
  readonly folder: string;
  /** Empty folders beside the one with items. */
  readonly emptyFolders?: number;
  /** Bytes of an attachment of one of the items. */
  readonly attachment?: number;
}

/** The last line that the program prints, as JSON. */
export interface EngineProgramResult {
  /** The result of the backup, or the code of its error. */
  readonly outcome: string;
  /** The message of the error. */
  readonly message?: string;
  /** Bytes of item parts that were read. */
  readonly bytesRead?: number;
  /** The most memory that was in use, in megabytes. */
  readonly peakMegabytes: number;
}

let peak = 0;
const notePeak = (): void => {
  peak = Math.max(peak, process.memoryUsage.rss());
};
setInterval(notePeak, 20).unref();

const {
  folder,
  emptyFolders = 0,
  attachment,
} = JSON.parse(process.env['HOLDFAST_SETTINGS'] ?? '') as EngineProgramSettings;
const source = engineSource(() => ({
  emptyFolders,
  items: {
    ordinary: () => ordinaryParts('ordinary'),
    ...(attachment === undefined
      ? {}
      : { large: () => [...ordinaryParts('large'), { name: 'attachments/1.bin', bytes: streamOf(attachment) }] }),
  },
}));
const repository = await openRepository({ destination: localDestination({ path: folder }) });
let result: Omit<EngineProgramResult, 'peakMegabytes'>;
try {
  const { result: outcome, snapshot } = await repository.backup(source);
  result = { outcome, bytesRead: snapshot.statistics.bytesRead };
} catch (error) {
  if (!(error instanceof HoldfastError)) throw error;
  result = { outcome: error.code, message: error.message };
}
await repository.close();
notePeak();
console.log(JSON.stringify({ ...result, peakMegabytes: peak / 1e6 } satisfies EngineProgramResult));
