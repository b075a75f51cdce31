import { join } from 'node:path';
import { startProcess } from '@holdfast/testkit';
import type { KillMoment, ProcessOutcome } from '@holdfast/testkit';
import type { UserScriptSettings } from './user-script.ts';

/** What is done with a process while it runs. */
export interface StartOptions {
  /** When it is killed. */
  readonly killAt?: readonly KillMoment[];
  /** Options of Node. */
  readonly nodeOptions?: readonly string[];
}

/** Runs a user's script in a process of its own. */
export async function startUserScript(
  settings: UserScriptSettings,
  { killAt, nodeOptions = [] }: StartOptions = {},
): Promise<ProcessOutcome> {
  const args = [...nodeOptions, join(import.meta.dirname, 'user-script-program.ts')];
  return startProcess({ args, env: { HOLDFAST_SETTINGS: JSON.stringify(settings) }, killAt }).outcome;
}
