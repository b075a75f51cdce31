import { RepositoryError } from '@holdfast/contracts';
import { toHex } from '../internal/bytes.ts';
import { CONFIG_NAME, objectName } from '../objects/object-name.ts';
import type { ObjectType } from '../objects/object-name.ts';
import { readConfig } from '../repository/config.ts';
import type { Vault } from '../repository/vault.ts';
import { addProblem, noting } from './check-context.ts';
import type { CheckContext } from './check-context.ts';
import { checkObjects } from './check-objects.ts';
import type { CheckOptions, CheckReport } from './check-options.ts';
import { checkTrees } from './check-trees.ts';

const TYPES: readonly ObjectType[] = ['keys', 'data', 'index', 'snapshots', 'locks'];
const DEPTH = { listing: 0, index: 1, ciphertext: 2, decryption: 3 } as const;

/** Checks a repository. What is wrong with it is reported, never thrown; a storage that does not answer is thrown. */
export async function checkRepository(vault: Vault, options: CheckOptions): Promise<CheckReport> {
  const { level = 'index', onProgress = () => {}, signal } = options;
  const started = vault.clock.now();
  const { traffic } = vault.objects;
  const before = traffic.bytesRead;
  let done = 0;
  const context: CheckContext = {
    vault,
    options: { signal },
    packs: new Map(),
    problems: [],
    blobs: 0,
    checked(object) {
      done += 1;
      onProgress({ type: 'object-checked', object, done, bytesRead: traffic.bytesRead - before });
    },
  };

  await noting(context, CONFIG_NAME, () => readConfig(vault.destination, { signal }));
  const totals = await list(context);
  await loadIndex(context);
  for (const pack of vault.index.blobs.packs()) requirePack(context, toHex(pack.name), pack.size);
  if (DEPTH[level] >= DEPTH.index) await checkSnapshots(context);
  if (DEPTH[level] >= DEPTH.ciphertext) await checkObjects(context, { decrypt: level === 'decryption' });
  return {
    level,
    result: context.problems.length === 0 ? 'sound' : 'damaged',
    problems: context.problems,
    ...totals,
    blobs: context.blobs,
    durationMs: vault.clock.now() - started,
  };
}

async function list({
  vault,
  packs,
  options,
}: CheckContext): Promise<Pick<CheckReport, 'objects' | 'bytes' | 'snapshots'>> {
  const config = await vault.destination.stat(CONFIG_NAME, options).catch(() => undefined);
  let objects = config === undefined ? 0 : 1;
  let bytes = config?.size ?? 0;
  let snapshots = 0;
  for (const type of TYPES) {
    for await (const { hash, size } of vault.objects.list(type, options)) {
      objects += 1;
      bytes += size;
      if (type === 'snapshots') snapshots += 1;
      if (type === 'data') packs.set(hash, size);
    }
  }
  return { objects, bytes, snapshots };
}

/** Loads the segments one by one, so that a damaged one does not hide the others. */
async function loadIndex(context: CheckContext): Promise<void> {
  const { vault, options } = context;
  for await (const { hash } of vault.objects.list('index', options)) {
    const object = objectName('index', hash);
    await noting(context, object, () => vault.index.load(hash, options));
  }
}

function requirePack(context: CheckContext, hash: string, size: number): void {
  const object = objectName('data', hash);
  const found = context.packs.get(hash);
  if (found === undefined) addProblem(context, new RepositoryError('ERR_OBJECT_MISSING', { object }), object);
  else if (found !== size) {
    addProblem(
      context,
      new RepositoryError('ERR_OBJECT_DAMAGED', { object, reason: `it has ${found} bytes, not ${size}` }),
      object,
    );
  }
}

async function checkSnapshots(context: CheckContext): Promise<void> {
  const { vault, options, checked } = context;
  const seen = new Set<string>();
  for await (const { hash } of vault.objects.list('snapshots', options)) {
    const object = objectName('snapshots', hash);
    const snapshot = await noting(context, object, () => vault.snapshots.read(hash, options));
    if (snapshot !== undefined) await checkTrees(context, snapshot, seen);
    checked(object);
  }
}
