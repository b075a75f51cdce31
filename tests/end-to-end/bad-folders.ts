import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect, promisify } from 'node:util';
import { silentLogger } from '@holdfast/contracts';
import type { Logger } from '@holdfast/contracts';
import { openRepository } from '@holdfast/core';
import { localDestination } from '@holdfast/destinations/local';
import { engineSource, ordinaryParts } from './engine-source.ts';
import type { BadMailOutcome } from './live-with.ts';

/** A folder of the budget that is of no use. */
export interface BadFolder {
  /** What it is. */
  readonly name: string;
  /** Works with a repository that was given it; `repository` is the folder in which that lies. */
  readonly run: (repository: string) => Promise<BadMailOutcome>;
}

type Option = 'temporaryDirectory' | 'cacheDirectory';

const start = promisify(execFile);

/** Makes such a folder below another one, and says how to take it away again. */
type Arrange = (below: string) => Promise<{ readonly path: string; readonly remove?: () => Promise<unknown> }>;

const FOLDERS: readonly (readonly [what: string, arrange: Arrange])[] = [
  ['that is not there', async (below) => ({ path: join(below, 'nowhere', 'at', 'all') })],
  [
    'that is a file',
    async (below) => {
      await writeFile(join(below, 'file'), 'no folder');
      return { path: join(below, 'file') };
    },
  ],
  [
    'below a file, so that nobody can make it',
    async (below) => {
      await writeFile(join(below, 'file'), 'no folder');
      return { path: join(below, 'file', 'cache') };
    },
  ],
];

/** A file system without space can be had only where the test may mount one. */
const FULL: Arrange = async (below) => {
  const path = join(below, 'full');
  await mkdir(path);
  await start('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', path]);
  return { path, remove: () => start('umount', [path]) };
};

/** All of them: what cannot be kept in files is kept in memory or read again, with a warning. */
export const badFolders: readonly BadFolder[] = (['temporaryDirectory', 'cacheDirectory'] as const).flatMap(
  (option) => [
    ...FOLDERS.map(([what, arrange]) => ({
      name: `a ${option} ${what}`,
      run: (repository: string) => workWith(repository, option, arrange),
    })),
    {
      name: `a ${option} without space`,
      run: (repository: string) => workWith(repository, option, FULL),
    },
  ],
);

async function workWith(folder: string, option: Option, arrange: Arrange): Promise<BadMailOutcome> {
  const below = `${folder}-beside`;
  await mkdir(below);
  try {
    const arranged = await arrange(below).catch(notHere);
    if (arranged === undefined) return { outcome: SKIPPED, complaints: [] };
    try {
      return await workIn(folder, option, arranged.path);
    } finally {
      await arranged.remove?.();
    }
  } finally {
    await rm(below, { recursive: true, force: true });
  }
}

/** What a case says that cannot be brought about on this machine. */
export const SKIPPED = 'skipped: nothing can be mounted here';

function notHere(error: unknown): undefined {
  const { cmd = '' } = error as { readonly cmd?: string };
  if (!cmd.startsWith('mount')) throw error;
}

async function workIn(folder: string, option: Option, path: string): Promise<BadMailOutcome> {
  const warnings: string[] = [];
  const logger: Logger = { ...silentLogger, warn: (message) => void warnings.push(message) };
  const complaints: string[] = [];
  const source = engineSource(() => ({
    items: { ordinary: () => ordinaryParts('ordinary'), new: () => ordinaryParts('new') },
  }));
  // The first session fills a cache, the second one would use it.
  for (let session = 0; session < 2; session += 1) {
    const repository = await openRepository({
      destination: localDestination({ path: folder }),
      budget: { index: 'disk', [option]: path },
      logger,
    });
    const { result, snapshot } = await repository.backup(source);
    if (result !== 'complete') complaints.push(`session ${session} ended as ${result}`);
    const item = await repository.item({ snapshot: snapshot.id, collection: 'inbox', item: 'new' });
    await item.readPart('message.eml');
    const { problems } = await repository.check({ level: 'decryption' });
    if (problems.length > 0) complaints.push(`the check: ${inspect(problems)}`);
    await repository.close();
  }
  return { outcome: `complete, with ${new Set(warnings).size} kinds of warnings`, complaints };
}
