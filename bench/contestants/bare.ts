import { join } from 'node:path';
import process from 'node:process';
import { DEFAULT_LEVEL } from '../../packages/core/src/blobs/codec.ts';
import type { Contestant } from './contestant.ts';

/** The bare pipeline of the same primitives, plain or with mail taken apart: what the engine can reach at best. */
export function bare({
  mime,
  level = DEFAULT_LEVEL,
}: {
  readonly mime: boolean;
  readonly level?: number | undefined;
}): Contestant {
  const script = join(import.meta.dirname, '..', 'bare', 'bare-child.ts');
  return {
    name: mime ? 'bare-mime' : 'bare',
    title: `bare pipeline, zstd ${level}${mime ? ', MIME-aware' : ''}`,
    prepare: () => undefined,
    command(name, ground) {
      const verb = name === 'first' || name === 'unchanged' || name === 'changed' ? 'backup' : name;
      return {
        command: process.execPath,
        args: [script, verb, JSON.stringify({ ...ground, mime, level })],
        cwd: ground.aside,
      };
    },
  };
}
