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
  /** Whether only the usage is wanted. */
  readonly help: boolean;
}

export const USAGE = `npm run quickstart [-- options]

  --eml <folder>     back up all .eml files below a folder instead of the demo mailbox
  --messages <n>     size of the demo mailbox (320)
  --keep <folder>    keep the repository there
  --help             print this`;

/** Says in a line what is wrong with the command line. */
export class ArgumentError extends Error {}

/** Reads the command line. */
export function readArguments(argv: readonly string[]): QuickstartArguments {
  const { eml, messages = '320', keep, help = false } = parse(argv);
  const count = Number(messages);
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new ArgumentError(`--messages must be a whole number from 1 up, not ${messages}. --help lists the options.`);
  }
  return { eml, messages: count, keep, help };
}

function parse(argv: readonly string[]) {
  // Else parseArgs takes the -3 of `--messages -3` for another option.
  const args = argv.flatMap((word, n) => {
    if (argv[n - 1] === '--messages') return [];
    return word === '--messages' && argv[n + 1] !== undefined ? [`${word}=${argv[n + 1]}`] : [word];
  });
  const text = { type: 'string' } as const;
  try {
    return parseArgs({ args, options: { eml: text, messages: text, keep: text, help: { type: 'boolean' } } }).values;
  } catch (error) {
    const [sentence] = String(error instanceof Error ? error.message : error).split(/\.\s|\n/);
    throw new ArgumentError(`${sentence}. --help lists the options.`, { cause: error });
  }
}

/** Reads every .eml file below a folder; its folders become mail folders. */
export async function readEmlFiles(folder: string): Promise<EmlFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    throw new ArgumentError(`The folder ${folder} cannot be read. Give --eml a folder that exists.`, { cause });
  });
  const paths = entries
    .filter((entry) => entry.isFile() && entry.name.toLowerCase().endsWith('.eml'))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
  if (paths.length === 0) throw new ArgumentError(`There is no .eml file below ${folder}.`);
  return Promise.all(
    paths.map(async (path) => ({
      path: relative(folder, path).split(sep).join('/'),
      bytes: new Uint8Array(await readFile(path)),
    })),
  );
}
