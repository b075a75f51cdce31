import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import type { Corpus } from './make-corpus.ts';
import { listFiles } from './list-files.ts';

/** The corpus of real mail that `HOLDFAST_CORPUS` names, if it does. */
export function realMail(): Corpus | undefined {
  const path = process.env['HOLDFAST_CORPUS'];
  if (path === undefined || !existsSync(join(path, 'eml'))) return undefined;
  const sizes = [...listFiles(path)].map(({ size }) => size);
  const description = {
    name: 'real mail',
    options: undefined,
    files: sizes.length,
    bytes: sizes.reduce((sum, size) => sum + size, 0),
    attachmentBytes: 0,
    sharedBytes: 0,
    repeatedBytes: 0,
    compressibility: {},
  };
  return { path, description };
}
