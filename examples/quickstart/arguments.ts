import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { parseArgs } from 'node:util';
import type { EmlFile } from '@holdfast/simulators/exchange';

/** What the command line asked for. */
export interface QuickstartArguments {
  /** Folder of .eml files; undefined for the demo mailbox. */
  readonly eml: string | undefined;
  /** Number of messages in the demo mailbox. */
  readonly messages: number;
  /** Folder to keep the repository in; undefined for a temporary one. */
  readonly keep: string | undefined;
}

export const USAGE = `npm run quickstart [-- options]

  --eml <folder>     back up all .eml files below a folder instead of the demo mailbox
  --messages <n>     size of the demo mailbox (320)
  --keep <folder>    keep the repository there`;

/** Reads the command line; throws a TypeError that says what is wrong with it. */
export function readArguments(argv: readonly string[]): QuickstartArguments {
  const { values } = parseArgs({
    args: [...argv],
    options: { eml: { type: 'string' }, messages: { type: 'string' }, keep: { type: 'string' } },
  });
  const messages = Number(values.messages ?? 320);
  if (!Number.isSafeInteger(messages) || messages < 1) throw new TypeError('--messages must be a positive number');
  return { eml: values.eml, messages, keep: values.keep };
}

/** Reads every .eml file below a folder; its folders become mail folders. */
export async function readEmlFiles(folder: string): Promise<EmlFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    throw new TypeError(`The folder ${folder} cannot be read. Give --eml a folder that exists.`, { cause });
  });
  const paths = entries
    .filter((entry) => entry.isFile() && entry.name.toLowerCase().endsWith('.eml'))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
  return Promise.all(
    paths.map(async (path) => ({
      path: relative(folder, path).split(sep).join('/'),
      bytes: new Uint8Array(await readFile(path)),
    })),
  );
}
