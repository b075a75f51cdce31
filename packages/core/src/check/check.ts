import { isDeepStrictEqual } from 'node:util';
import { CryptoError, DestinationError, RepositoryError } from '@holdfast/contracts';
import { toHex } from '../internal/bytes.ts';
import { mapConcurrent } from '../internal/map-concurrent.ts';
import { requireOneOf } from '../internal/require-one-of.ts';
import { CONFIG_NAME, objectName } from '../objects/object-name.ts';
import type { ObjectType } from '../objects/object-name.ts';
import { whileHeldUp } from '../progress/pause-gate.ts';
import { createProgressMeter } from '../progress/progress-meter.ts';
import { readConfig } from '../repository/config.ts';
import { createVault } from '../repository/vault.ts';
import type { Vault } from '../repository/vault.ts';
import type { StoredSnapshot } from '../snapshot/snapshot-store.ts';
import { addProblem, noting } from './check-context.ts';
import type { CheckContext } from './check-context.ts';
import { checkObject, checkObjects } from './check-objects.ts';
import type { CheckOptions, CheckReport } from './check-options.ts';
import { checkTrees } from './check-trees.ts';

const TYPES: readonly ObjectType[] = ['keys', 'data', 'index', 'snapshots', 'locks'];
const READABLE: ReadonlySet<ObjectType> = new Set<ObjectType>(['index', 'snapshots', 'data']);
const DEPTH = { listing: 0, index: 1, ciphertext: 2, decryption: 3 } as const;

/** Checks a repository. What is wrong with it is reported, never thrown; a storage that does not answer is thrown. */
export async function checkRepository(opened: Vault, options: CheckOptions): Promise<CheckReport> {
  requireOneOf('level', options.level ?? 'index', Object.keys(DEPTH));
  // A vault of its own: what an open repository remembers must not stand for what lies in the storage.
  const vault = createVault(opened);
  try {
    return await checkVault(vault, options);
  } finally {
    await vault.index.close();
  }
}

async function checkVault(
  vault: Vault,
  { level = 'index', pause, onProgress, signal }: CheckOptions,
): Promise<CheckReport> {
  const started = vault.clock.now();
  const { traffic } = vault.objects;
  const before = traffic.bytesRead;
  const progress = createProgressMeter({ clock: vault.clock, onProgress });
  let done = 0;
  let noted = 0;
  const ended = new AbortController();
  const signals = [ended.signal, ...(signal === undefined ? [] : [signal])];
  const context: CheckContext = {
    vault,
    options: { signal: AbortSignal.any(signals) },
    packs: new Map(),
    problems: [],
    noted: new Set(),
    unclaimed: [],
    blobs: 0,
    bytesVerified: 0,
    whileHeldUp: () => whileHeldUp(pause, progress, { signal }),
    checked(object) {
      done += 1;
      const bytesRead = traffic.bytesRead - before;
      progress?.add(1, bytesRead - noted);
      noted = bytesRead;
      onProgress?.({ type: 'object-checked', object, done, bytesRead });
    },
  };

  await noting(context, CONFIG_NAME, () => checkConfig(context));
  await checkKeys(context);
  const { readable, ...totals } = await list(context);
  const rereads = DEPTH[level] >= DEPTH.ciphertext;
  const snapshotsToRead = DEPTH[level] >= DEPTH.index ? totals.snapshots : 0;
  const items = done + snapshotsToRead + (rereads ? readable.objects : 0);
  progress?.expect({ items });
  await loadIndex(context);
  for (const pack of vault.index.blobs.packs()) requirePack(context, toHex(pack.name), pack.size);
  await requireSnapshots(context);
  progress?.phase('reading');
  const expectBytes = (): void => {
    if (!rereads) return;
    progress?.expect({ items, bytes: traffic.bytesRead - before - context.bytesVerified + readable.bytes });
  };
  expectBytes();
  await together(ended, [
    async () => {
      if (DEPTH[level] >= DEPTH.index) await checkSnapshots(context);
      expectBytes();
    },
    async () => {
      if (rereads) await checkObjects(context, { decrypt: level === 'decryption' });
    },
  ]);
  progress?.end();
  return {
    level,
    result: context.problems.length === 0 ? 'sound' : 'damaged',
    problems: context.problems,
    ...totals,
    unclaimed: context.unclaimed,
    blobs: context.blobs,
    durationMs: vault.clock.now() - started,
  };
}

/** Trees are walked on this thread while lanes open what lies in packs. What fails in one step ends the other. */
async function together(ended: AbortController, steps: readonly (() => Promise<void>)[]): Promise<void> {
  const step = async (run: () => Promise<void>): Promise<void> => {
    try {
      await run();
    } catch (error) {
      ended.abort(error);
      throw error;
    }
  };
  await mapConcurrent(steps, step, { concurrency: steps.length });
}

/** The MAC was checked on opening; what lies there now must be the same. */
async function checkConfig({ vault, options }: CheckContext): Promise<void> {
  const { json } = await readConfig(vault.destination, options);
  if (!isDeepStrictEqual(json, vault.config.json)) {
    throw new RepositoryError('ERR_CONFIG_DAMAGED', { reason: 'it is not the one that was opened' });
  }
}

async function checkKeys(context: CheckContext): Promise<void> {
  const { vault, options } = context;
  let found = 0;
  for await (const object of vault.objects.list('keys', options)) {
    found += 1;
    await checkObject(context, 'keys', object);
  }
  // A slot and a keyring, or a keyring in clear.
  if (found < (vault.keyring.encrypted ? 2 : 1)) {
    addProblem(context, new CryptoError('ERR_KEYRING_DAMAGED', { object: 'keys/' }), 'keys/');
  }
}

interface Listed extends Pick<CheckReport, 'objects' | 'bytes' | 'snapshots'> {
  /** What {@link checkObjects} reads. */
  readonly readable: { readonly objects: number; readonly bytes: number };
}

async function list({ vault, packs, options }: CheckContext): Promise<Listed> {
  const config = await vault.destination.stat(CONFIG_NAME, options).catch((error: unknown) => {
    if (DestinationError.is(error, 'ERR_OBJECT_NOT_FOUND')) return undefined;
    throw error;
  });
  let objects = config === undefined ? 0 : 1;
  let bytes = config?.size ?? 0;
  let snapshots = 0;
  const readable = { objects: 0, bytes: 0 };
  for (const type of TYPES) {
    for await (const { hash, size } of vault.objects.list(type, options)) {
      objects += 1;
      bytes += size;
      if (READABLE.has(type)) {
        readable.objects += 1;
        readable.bytes += size;
      }
      if (type === 'snapshots') snapshots += 1;
      if (type === 'data') packs.set(hash, size);
    }
  }
  return { objects, bytes, snapshots, readable };
}

/** Loads the segments one by one, so that a damaged one does not hide the others. */
async function loadIndex(context: CheckContext): Promise<void> {
  const { vault, options } = context;
  for await (const segment of vault.objects.list('index', options)) {
    await noting(context, objectName('index', segment.hash), () => vault.index.verify(segment, options));
  }
}

/** Version 1 removes no snapshot, so each that the index names must be there. */
async function requireSnapshots(context: CheckContext): Promise<void> {
  const { vault, options } = context;
  const present = new Set<string>();
  for await (const { hash } of vault.objects.list('snapshots', options)) present.add(hash);
  for (const hash of vault.index.listedSnapshots()) {
    const object = objectName('snapshots', hash);
    if (!present.has(hash)) addProblem(context, new RepositoryError('ERR_OBJECT_MISSING', { object }), object);
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
  const snapshots: StoredSnapshot[] = [];
  for await (const { hash } of vault.objects.list('snapshots', options)) {
    const object = objectName('snapshots', hash);
    await context.whileHeldUp();
    const snapshot = await noting(context, object, () => vault.snapshots.read(hash, options));
    if (snapshot !== undefined) {
      snapshots.push(snapshot);
      await checkTrees(context, snapshot, seen);
    }
    checked(object);
  }
  // Damaged ones were named above; this finds those that others continue, and that are not there.
  await vault.snapshots.all(options);
  for (const { error } of vault.snapshots.lost) addProblem(context, error, String(error.details['object']));
  await requireSegments(context, snapshots);
}

/** Each segment that a snapshot names must be there, or be replaced. Whatever is not named shows in the report. */
async function requireSegments(context: CheckContext, snapshots: readonly StoredSnapshot[]): Promise<void> {
  const { vault, options } = context;
  const present = new Set<string>();
  for await (const { hash } of vault.objects.list('index', options)) present.add(hash);
  const claimed = new Set(snapshots.flatMap(({ segments }) => segments));
  for (const hash of claimed) {
    const object = objectName('index', hash);
    if (present.has(hash) || vault.index.isReplaced(hash)) continue;
    addProblem(context, new RepositoryError('ERR_OBJECT_MISSING', { object }), object);
  }
  const unclaimed = [...present.difference(claimed)].filter((hash) => !vault.index.isReplaced(hash));
  context.unclaimed.push(...unclaimed.map((hash) => objectName('index', hash)));
}
