import { spawnSync } from 'node:child_process';

/** Asks a program for its version; `undefined` if it is not installed. */
export function versionOf(command: string, args: readonly string[], pattern: RegExp): string | undefined {
  const { stdout } = spawnSync(command, args, { encoding: 'utf8' });
  return pattern.exec(stdout ?? '')?.[1];
}
