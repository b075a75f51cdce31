import { parseArgs } from 'node:util';
import { CASES } from './contestants/contestant.ts';
import type { CaseName } from './contestants/contestant.ts';
import { defaultCorpus, parseMix } from './corpus/corpus-options.ts';
import type { BenchOptions } from './run-bench.ts';
import { CONTESTANTS } from './run-bench.ts';

/** What `npm run bench -- --help` prints. */
export const HELP = `npm run bench -- [options]

Compares Holdfast with the bare pipeline of the same primitives, with restic and with borg, in whole processes.

  --size <bytes>      size of the corpus: 2GB, 200MB, 1e9         ${defaultCorpus.size / 1e9}GB
  --count <files>     number of files                             ${defaultCorpus.count}
  --shared <share>    share of the bytes of attachments that more
                      than one mail has, 0 to 1                   ${defaultCorpus.shared}
  --mix <kinds>       kinds of attachments by bytes, such as
                      jpeg=30,pdf=30,csv=40                       see docs/performance.md
  --seed <number>     what the corpus is made from                ${defaultCorpus.seed}
  --real              the mail of HOLDFAST_CORPUS instead
  --small             2,000 files, 200 MB, one round
  --rounds <number>   rounds, each from nothing                   3
  --only <names>      of ${CONTESTANTS.join(', ')}
  --cases <names>     of ${CASES.join(', ')}
  --memory <bytes>    memory budget of Holdfast: 128MiB           that of the library
  --level <number>    Zstandard level of the bare pipeline        that of the engine
  --folder <path>     for corpora, which are kept, and the work   holdfast-bench in the system's temporary folder
  --json <file>       writes the result there
  --growth <numbers>  instead: first and unchanged backups of that many
                      items of 2 KB, such as 20000,200000,2000000
  --page <files>      instead: writes the tables of results (files of
                      --json, by their names) into docs/performance.md
  --help`;

/** What the command line asks for. */
export interface CommandOptions extends BenchOptions {
  /** File for the result. */
  readonly json?: string | undefined;
  /** Numbers of items, to measure how cost grows instead. */
  readonly growth?: readonly number[] | undefined;
  /** Results to be written into the page instead. */
  readonly page?: readonly string[] | undefined;
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
};

/**
 * Reads the options of the command line.
 *
 * @throws A `TypeError` or `RangeError` that says what is wrong with them.
 */
export function parseOptions(args: readonly string[]): CommandOptions | 'help' {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      size: text,
      count: text,
      shared: text,
      mix: text,
      seed: text,
      rounds: text,
      only: text,
      cases: text,
      memory: text,
      level: text,
      folder: text,
      json: text,
      growth: text,
      page: text,
      real: flag,
      small: flag,
      help: flag,
    },
  });
  if (values.help) return 'help';
  const standard = values.small ? { ...defaultCorpus, size: 200e6, count: 2000 } : defaultCorpus;
  const corpus = {
    seed: number('seed', values.seed, standard.seed),
    size: values.size === undefined ? standard.size : bytes('size', values.size),
    count: number('count', values.count, standard.count),
    shared: number('shared', values.shared, standard.shared),
    mix: values.mix === undefined ? standard.mix : parseMix(values.mix),
  };
  if (corpus.shared > 1) throw new RangeError(`--shared takes 0 to 1, got ${corpus.shared}`);
  return {
    corpus: values.real ? 'real' : corpus,
    rounds: number('rounds', values.rounds, values.small ? 1 : 3),
    contestants: names('only', values.only, CONTESTANTS),
    cases: names('cases', values.cases, CASES) as CaseName[] | undefined,
    memory: values.memory === undefined ? undefined : bytes('memory', values.memory),
    level: values.level === undefined ? undefined : number('level', values.level, 0),
    folder: values.folder,
    json: values.json,
    growth: values.growth?.split(',').map((one) => number('growth', one, 0)),
    page: values.page?.split(','),
  };
}

function number(name: string, text: string | undefined, standard: number): number {
  const value = text === undefined ? standard : Number(text);
  if (!(value >= 0)) throw new RangeError(`--${name} takes a number, got ${text}`);
  return value;
}

function bytes(name: string, text: string): number {
  const [, digits, unit = ''] = /^([\d.]+(?:e\d+)?)\s*([kmg]i?b)?$/i.exec(text) ?? [];
  if (digits === undefined) throw new RangeError(`--${name} takes bytes such as 200MB, got ${text}`);
  return Math.round(Number(digits) * (UNITS[unit.toLowerCase()] ?? 1));
}

function names(name: string, text: string | undefined, known: readonly string[]): string[] | undefined {
  const given = text?.split(',');
  const wrong = given?.find((one) => !known.includes(one));
  if (wrong !== undefined) throw new RangeError(`--${name} takes ${known.join(', ')}; got ${wrong}`);
  return given;
}
