/**
 * The bare pipeline as a process: the primitives of the engine and nothing else, no memory budget, no trees, no index.
 *
 *   node bench/bare/bare-child.ts backup|restore|item|check '{"repository": "…", …}'
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { Worker } from 'node:worker_threads';
import type { Ground } from '../contestants/contestant.ts';
import { listFiles } from '../corpus/list-files.ts';
import { makeKnownIds, noteIn } from './known-ids.ts';
import type { Manifest } from './manifest.ts';
import { readManifest, writeManifest } from './manifest.ts';
import type { BareSettings, BareTask } from './task.ts';

const [verb = '', text = '{}'] = process.argv.slice(2);
const { source, repository, aside, target, item, ...given } = JSON.parse(text) as Ground & BareSettings;
mkdirSync(repository, { recursive: true });
const settings: BareSettings = { ...given, repository, secret: readSecret() };

switch (verb) {
  case 'backup':
    await backUp();
    break;
  case 'restore':
    await inThreads({ verb: 'restore', target, ...settings, ...readManifest(repository) });
    break;
  case 'item': {
    const manifest = readManifest(repository);
    const files = manifest.files.filter(({ path }) => path === item);
    await inThreads({ verb: 'restore', target, ...settings, ...manifest, files }, 1);
    break;
  }
  case 'check':
    await inThreads({ verb: 'check', ...settings, packs: readManifest(repository).packs });
    break;
  default:
    throw new RangeError(`there is no verb ${verb}`);
}

async function backUp(): Promise<void> {
  const before: Manifest = existsSync(join(repository, 'latest')) ? readManifest(repository) : { files: [], packs: [] };
  const known = makeKnownIds();
  const note = noteIn(known);
  for (const { blobs } of before.packs) for (const [id] of blobs) note(Buffer.from(id, 'base64url'));
  const there = new Map(before.files.map((file) => [file.path, file]));
  const all = [...listFiles(source)];
  const isSame = ({ path, size, modified }: (typeof all)[number]): boolean =>
    there.get(path)?.size === size && there.get(path)?.modified === modified;
  const files = all.filter((file) => !isSame(file));
  const made = files.length > 0 ? await inThreads({ verb: 'backup', ...settings, source, files, known }) : [];
  writeManifest(repository, {
    files: [...all.filter(isSame).flatMap(({ path }) => there.get(path) ?? []), ...made.flatMap((one) => one.files)],
    packs: [...before.packs, ...made.flatMap((one) => one.packs)],
  });
}

/** Gives all threads the same task; they share its list. */
function inThreads(task: BareTask, threads = availableParallelism()): Promise<Manifest[]> {
  const next = new SharedArrayBuffer(4);
  return Promise.all(
    Array.from({ length: threads }, () => {
      const worker = new Worker(new URL('bare-worker.ts', import.meta.url), { workerData: { task, next } });
      return new Promise<Manifest>((resolve, reject) => {
        let manifest: Manifest = { files: [], packs: [] };
        worker.on('message', (made: Manifest) => {
          manifest = made;
        });
        worker.on('error', reject);
        worker.on('exit', () => resolve(manifest));
      });
    }),
  );
}

function readSecret(): Uint8Array {
  const file = join(aside, 'key');
  if (!existsSync(file)) writeFileSync(file, randomBytes(32));
  return readFileSync(file);
}
