import { createKeyring, generateKey } from '@holdfast/crypto';
import type { RepositoryKey } from '@holdfast/crypto';
import type { Clock } from '@holdfast/contracts';
import { silentLogger } from '@holdfast/contracts';
import { createRepository, openRepository } from '@holdfast/core';
import type { Repository } from '@holdfast/core';
import { memoryDestination } from '@holdfast/destinations/memory';
import { memoryMailbox, seededRandomness, virtualClock } from '@holdfast/testkit';
import type { MemoryMailbox, SeededRandomness } from '@holdfast/testkit';
import { createObjectStore } from '../../src/objects/object-store.ts';
import { resolveBudget } from '../../src/repository/budget.ts';
import { parseConfig, serialiseConfig } from '../../src/repository/config.ts';
import { createRepositoryFace } from '../../src/repository/repository.ts';
import { createVault } from '../../src/repository/vault.ts';
import type { Objects } from '../support/harness.ts';
import { keysOf } from '../support/keys-of.ts';

/** A repository of few small objects, with something of everything that is written. */
export interface DamageSample {
  /** What lies in its storage. Never changed: a trial works on a map of its own. */
  readonly objects: Objects;
  readonly key: RepositoryKey | 'none';
  /** What was in the mailbox at the end of each run: by item, its parts. */
  readonly mailboxes: readonly Readonly<Record<string, unknown>>[];
  /** Opens a storage as if nothing had ever been read from it: the keys in full where `keys` says that they changed. */
  open(objects: Objects, options: { readonly keys: boolean }): Promise<Repository>;
}

/** Parts as small as the chunker allows, so that a part of a kilobyte is cut. */
const CHUNKER = { algorithm: 'fastcdc-gear32', threshold: 192, min: 128, mean: 192, max: 256 };

/** Makes a sample: three folders, a checkpoint and two snapshots, parts that are cut, moved, changed and removed items. */
export async function damageSample(options: {
  readonly encryption: 'encrypted' | 'clear';
  readonly seed: number;
  /** Key of an encrypted one. @defaultValue a new one */
  readonly key?: RepositoryKey | undefined;
}): Promise<DamageSample> {
  const { encryption, seed } = options;
  const key = encryption === 'clear' ? 'none' : (options.key ?? generateKey());
  const objects: Objects = new Map();
  const clock = virtualClock({ start: Date.UTC(2026, 0, 1) });
  const dice = seededRandomness(seed);
  await writeKeys(objects, { key, clock, dice });
  const unlock = key === 'none' ? {} : { key };
  const environment = { clock, randomness: dice };
  const repository = await openRepository({
    destination: memoryDestination({ objects, clock }),
    ...unlock,
    ...environment,
  });
  const mailboxes = await fill(repository, dice);
  const { config, keyring } = await keysOf(objects, key);
  return {
    objects,
    key,
    mailboxes,
    async open(storage, { keys }) {
      const destination = memoryDestination({ objects: storage, clock });
      if (keys) return openRepository({ destination, ...unlock, ...environment });
      const budget = resolveBudget({ workers: 0 });
      // Trying the key takes a tenth of a second; of what was read before this remembers nothing else.
      return createRepositoryFace(
        createVault({ destination, config, keyring, logger: silentLogger, budget, ...environment }),
      );
    },
  };
}

/** What `createRepository` writes, with small chunks. */
async function writeKeys(
  objects: Objects,
  { key, clock, dice }: { key: RepositoryKey | 'none'; clock: Clock; dice: SeededRandomness },
): Promise<void> {
  const usual: Objects = new Map();
  const created = await createRepository({
    destination: memoryDestination({ objects: usual, clock }),
    key: 'none',
    clock,
  });
  await created.close();
  const { id: _, mac: __, encrypted: ___, ...members } = parseConfig(bytesOf(usual, 'config')).json;
  const made = await createKeyring({ key, config: { ...members, chunker: CHUNKER }, randomness: dice, clock });
  const destination = memoryDestination({ objects, clock });
  for (const file of made.files) await createObjectStore(destination).put('keys', file);
  await destination.put('config', serialiseConfig(made.config));
}

/** Two runs, the first with a checkpoint; returns what was in the mailbox at the end of each. */
async function fill(repository: Repository, dice: SeededRandomness): Promise<DamageSample['mailboxes']> {
  const mailbox = memoryMailbox({ pageSize: 2 });
  const put = (folder: string, id: string, parts: Record<string, Uint8Array>): void =>
    mailbox.put(folder, {
      id,
      subject: `About ${id}`,
      created: 1_700_000_000_000 + id.length,
      parts,
      volatile: { isRead: false },
    });
  const text = (words: string): Uint8Array => new TextEncoder().encode(words);
  const message = (id: string): Record<string, Uint8Array> => ({
    'message.eml': text(`Subject: ${id}\r\n\r\nDear ${id}, this line comes twice. Dear ${id}, this line comes twice.`),
    'properties.json': text(JSON.stringify({ id, importance: 'normal' })),
  });
  for (const folder of ['inbox', 'archive']) mailbox.addCollection(folder);
  mailbox.addCollection('projects', { parent: 'inbox' });
  put('inbox', 'a', message('a'));
  put('inbox', 'b', { ...message('b'), 'attachment.bin': dice.bytes(500) });
  put('inbox', 'c', message('c'));
  put('projects', 'd', { 'empty.txt': new Uint8Array(0), ...message('d') });
  await repository.backup(mailbox, { checkpoint: { items: 2 }, tags: ['first'] });
  const first = contentsOf(mailbox);
  mailbox.touch('a', { isRead: true });
  mailbox.move('c', 'archive');
  put('projects', 'e', message('e'));
  mailbox.remove('d');
  await repository.backup(mailbox);
  return [first, contentsOf(mailbox)];
}

/** Parts by `folders/item`, in the form in which answers are compared. */
function contentsOf(mailbox: MemoryMailbox): DamageSample['mailboxes'][number] {
  const paths: Readonly<Record<string, string>> = { projects: 'inbox/projects' };
  const text = (bytes: Uint8Array): string => `bytes ${new TextDecoder('latin1').decode(bytes)}`;
  return Object.fromEntries(
    [...mailbox.contents()].flatMap(([folder, items]) =>
      items.map(({ id, parts }) => [
        `${paths[folder] ?? folder}/${id}`,
        Object.fromEntries(Object.entries(parts).map(([name, bytes]) => [name, text(bytes)])),
      ]),
    ),
  );
}

/** Bytes of an object that is there. */
export function bytesOf(objects: Objects, name: string): Uint8Array {
  const object = objects.get(name);
  if (object === undefined) throw new Error(`there is no ${name}`);
  return object.bytes;
}
