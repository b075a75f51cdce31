import { join } from 'node:path';
import type { MeasuredCommand } from '../measure/run-measured.ts';
import type { Contestant, Ground } from './contestant.ts';
import { versionOf } from './version-of.ts';

/** restic with its default settings, if it is installed: repository version 2, automatic compression, a password. */
export function restic(): Contestant | undefined {
  const version = versionOf('restic', ['version'], /^restic (\S+)/);
  if (version === undefined) return undefined;
  const run = ({ repository, aside, source }: Ground, ...args: string[]): MeasuredCommand => ({
    command: 'restic',
    args: ['--quiet', '--repo', repository, '--cache-dir', join(aside, 'cache'), ...args],
    cwd: source,
    env: { RESTIC_PASSWORD: 'a password for the bench' },
  });
  return {
    name: 'restic',
    title: `restic ${version}, compression auto`,
    prepare: (ground) => run(ground, 'init', '--repository-version', '2'),
    command(name, ground) {
      switch (name) {
        case 'first':
        case 'unchanged':
        case 'changed':
          return run(ground, 'backup', '--compression', 'auto', '.');
        case 'restore':
          return run(ground, 'restore', 'latest', '--target', ground.target);
        case 'item':
          return run(
            ground,
            'restore',
            'latest',
            '--no-cache',
            '--target',
            ground.target,
            '--include',
            '/' + ground.item,
          );
        case 'check':
          return run(ground, 'check', '--read-data');
      }
    },
  };
}
