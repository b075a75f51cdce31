import { createRepository } from '@holdfast/core';
import type { Repository } from '@holdfast/core';
import { generateKey, OBJECT_KINDS, readHeader } from '@holdfast/crypto';
import { memoryDestination } from '@holdfast/destinations/memory';
import { seededRandomness, virtualClock } from '@holdfast/testkit';
import { exchangeLikeItem, exchangeLikeSource } from './exchange-like.ts';

/** Bytes of everything that runs wrote but the packs of item parts: trees, index, snapshots. */
export interface MetadataWritten {
  /** A run with 200 new messages. */
  readonly added: number;
  /** A run in which one message was read: the most of several, because leaves of a tree differ in length. */
  readonly flagged: number;
  /** A run without a change. */
  readonly quiet: number;
}

/** The most that a run may write, whatever the size of the folder. */
export const METADATA_LIMITS: MetadataWritten = { added: 150_000, flagged: 60_000, quiet: 4000 };

const FLAGS = 12;

/** Measures what runs on a folder with so many messages write, in an encrypted repository. */
export async function measureMetadata(messages: number): Promise<MetadataWritten> {
  const objects: NonNullable<NonNullable<Parameters<typeof memoryDestination>[0]>['objects']> = new Map();
  const clock = virtualClock({ start: Date.UTC(2026, 0, 1) });
  const repository = await createRepository({
    destination: memoryDestination({ objects, clock }),
    key: generateKey(),
    clock,
    randomness: seededRandomness(1),
  });
  const { source, tell } = exchangeLikeSource(messages);

  async function written(run: Repository): Promise<number> {
    const before = new Set(objects.keys());
    const { result } = await run.backup(source, { checkpoint: { items: 1e6, milliseconds: 1e9 } });
    if (result !== 'complete') throw new Error(`a run ended as ${result}`);
    const added = [...objects].filter(([name]) => !before.has(name));
    return added
      .filter(([name, { bytes }]) => !isDataPack(name, bytes))
      .reduce((sum, [, { bytes }]) => sum + bytes.length, 0);
  }

  await written(repository);
  tell(Array.from({ length: 200 }, (_, i) => exchangeLikeItem(messages + i)));
  const added = await written(repository);
  let flagged = 0;
  for (let i = 0; i < FLAGS; i += 1) {
    tell([exchangeLikeItem(Math.floor((messages * i) / FLAGS), { isRead: true })]);
    flagged = Math.max(flagged, await written(repository));
  }
  const quiet = await written(repository);
  await repository.close();
  return { added, flagged, quiet };
}

function isDataPack(name: string, bytes: Uint8Array): boolean {
  return name.startsWith('data/') && readHeader(bytes, { object: name }).kind === OBJECT_KINDS.dataPack;
}
