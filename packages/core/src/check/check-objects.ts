import { OBJECT_KINDS } from '@holdfast/crypto';
import type { PackInfo } from '../index-segments/blob-segment.ts';
import { toHex } from '../internal/bytes.ts';
import { createByteGate } from '../internal/byte-gate.ts';
import type { ByteGate } from '../internal/byte-gate.ts';
import { mapConcurrent } from '../internal/map-concurrent.ts';
import { ownBytes } from '../internal/own-bytes.ts';
import { objectName } from '../objects/object-name.ts';
import type { StoredObject } from '../objects/object-store.ts';
import type { ObjectType } from '../objects/object-name.ts';
import { noteProblem, noting } from './check-context.ts';
import type { CheckContext } from './check-context.ts';
import type { OpenToVerify } from './verify-object.ts';

const SMALL_OBJECTS: readonly (readonly [ObjectType, number])[] = [
  ['index', OBJECT_KINDS.segment],
  ['snapshots', OBJECT_KINDS.snapshot],
];

/** Share of the memory of a budget for objects that are being verified. */
const MEMORY_SHARE = 1 / 4;

/**
 * Reads every object and compares it with its name; with `decrypt` opens every blob in it as well. Several objects are
 * on their way at once, as many as there are transfers and lanes, and no more than the memory has room for.
 */
export async function checkObjects(context: CheckContext, { decrypt }: { readonly decrypt: boolean }): Promise<void> {
  const { vault, options, packs } = context;
  const { budget, lanes } = vault;
  const gate = createByteGate(budget.memory * MEMORY_SHARE);
  const concurrency = budget.transfers + Math.max(lanes.count, budget.workers);
  for (const [type, kind] of SMALL_OBJECTS) {
    const open = decrypt ? { kind } : undefined;
    await mapConcurrent(
      vault.objects.list(type, options),
      (object) => checkObject(context, type, object, { open, gate }),
      { concurrency, signal: options.signal },
    );
  }
  const indexed = decrypt ? new Map(domains(vault.index.blobs.packs())) : undefined;
  await mapConcurrent(
    packs,
    ([hash, size]) =>
      checkObject(context, 'data', { hash, size }, { open: indexed && { indexed: indexed.get(hash) }, gate }),
    { concurrency, signal: options.signal },
  );
}

function* domains(packs: Iterable<PackInfo>): Generator<[string, Pick<PackInfo, 'domain'>], void, void> {
  for (const { name, domain } of packs) yield [toHex(name), { domain }];
}

/** Reads an object, and has a lane compare it with its name and, if it is to be opened, open its blobs. */
export async function checkObject(
  context: CheckContext,
  type: ObjectType,
  { hash, size }: StoredObject,
  { open, gate }: { readonly open?: OpenToVerify | undefined; readonly gate?: ByteGate | undefined } = {},
): Promise<void> {
  const { vault, options, checked } = context;
  const object = objectName(type, hash);
  options.signal?.throwIfAborted();
  await context.whileHeldUp();
  const release = await gate?.acquire(size, options);
  try {
    await noting(context, object, async () => {
      const bytes = await vault.destination.get(object, options);
      vault.objects.traffic.bytesRead += bytes.length;
      context.bytesVerified += bytes.length;
      const lane = vault.lanes.pick(bytes.length);
      const own = ownBytes(bytes);
      const { problems, blobs } = await lane.call('verifyObject', { object, hash, bytes: own, open }, [own.buffer]);
      context.blobs += blobs;
      for (const problem of problems) noteProblem(context, problem, object);
    });
  } finally {
    release?.();
  }
  checked(object);
}
