import { join } from 'node:path';
import process from 'node:process';
import type { Contestant, Ground } from './contestant.ts';

/** How Holdfast is opened. */
export interface HoldfastSettings {
  /** Memory budget in bytes. @defaultValue the default of the library */
  readonly memory?: number | undefined;
}

/** What a child process of Holdfast is told, as its second argument. */
export interface HoldfastTask extends HoldfastSettings, Ground {}

/** What it tells as JSON at its end. */
export interface HoldfastAnswer {
  /** Calls to the destination. */
  readonly requests: number;
  /** Bytes read from it. */
  readonly bytesRead: number;
}

/** The source of the program that {@link holdfast} runs. */
export const HOLDFAST_CHILD: string = join(import.meta.dirname, 'holdfast-child.ts');

/**
 * Holdfast through its public interface: a folder of files as the source and the target, a generated key. `script` is the program
 * as it was built.
 */
export function holdfast(script: string, settings: HoldfastSettings = {}): Contestant {
  const run = (verb: string, ground: Ground) => ({
    command: process.execPath,
    args: [script, verb, JSON.stringify({ ...settings, ...ground } satisfies HoldfastTask)],
    cwd: ground.aside,
  });
  const memory = settings.memory === undefined ? 'defaults' : `memory ${settings.memory / 2 ** 20} MiB`;
  return {
    name: 'holdfast',
    title: `Holdfast, ${memory}`,
    prepare: (ground) => run('create', ground),
    command: (name, ground) =>
      run(name === 'unchanged' || name === 'changed' || name === 'first' ? 'backup' : name, ground),
  };
}
