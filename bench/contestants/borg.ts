import { join } from 'node:path';
import type { MeasuredCommand } from '../measure/run-measured.ts';
import type { CaseName, Contestant, Ground } from './contestant.ts';
import { versionOf } from './version-of.ts';

/** Borg with that compression (`lz4` is its default) and a passphrase, if it is installed. */
export function borg(compression: string): Contestant | undefined {
  const version = versionOf('borg', ['--version'], /^borg (\S+)/);
  if (version === undefined) return undefined;
  const run = ({ aside, source }: Ground, args: string[], { cwd = source, base = 'borg' } = {}): MeasuredCommand => ({
    command: 'borg',
    args,
    cwd,
    env: {
      BORG_PASSPHRASE: 'a password for the bench',
      BORG_BASE_DIR: join(aside, base),
      // It asks before it opens a repository that its cache does not know.
      BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: 'yes',
      BORG_RELOCATED_REPO_ACCESS_IS_OK: 'yes',
    },
  });
  /** Archives need names: each state of the source has one. */
  const archives: Partial<Record<CaseName, string>> = { first: 'first', unchanged: 'second', changed: 'third' };
  return {
    name: compression === 'lz4' ? 'borg' : 'borg-zstd',
    title: `borg ${version}, ${compression}`,
    prepare: (ground) => run(ground, ['init', '--encryption', 'repokey', ground.repository]),
    command(name, ground) {
      const { repository, target, item } = ground;
      const archive = archives[name];
      if (archive !== undefined)
        return run(ground, ['create', '--compression', compression, `${repository}::${archive}`, '.']);
      if (name === 'check') return run(ground, ['check', '--verify-data', repository]);
      const whole = ['extract', `${repository}::first`];
      if (name === 'restore') return run(ground, whole, { cwd: target });
      return run(ground, [...whole, item], { cwd: target, base: 'cold' });
    },
  };
}
