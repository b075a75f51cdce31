import type { Destination } from '@holdfast/contracts';
import { createRepository, openRepository } from '@holdfast/core';
import type { CreateRepositoryOptions, Repository } from '@holdfast/core';
import { memoryDestination } from '@holdfast/destinations/memory';
import { memoryMailbox, seededRandomness, virtualClock } from '@holdfast/testkit';
import type { MemoryItem, MemoryMailbox, SeededRandomness, VirtualClock } from '@holdfast/testkit';

/** Objects of a memory destination, to be shared between connections. */
export type Objects = NonNullable<NonNullable<Parameters<typeof memoryDestination>[0]>['objects']>;

/** A repository in memory, its storage, and a mailbox to back up. */
export interface Harness {
  readonly objects: Objects;
  readonly clock: VirtualClock;
  readonly dice: SeededRandomness;
  readonly mailbox: MemoryMailbox;
  readonly repository: Repository;
  /** Opens the repository a second time. */
  reopen(): Promise<Repository>;
}

/** Options of {@link createHarness}. */
export interface HarnessOptions extends Partial<Omit<CreateRepositoryOptions, 'destination'>> {
  /** Seed of everything random. */
  readonly seed?: number;
  /** Items on a page of the mailbox. */
  readonly pageSize?: number;
  /** Puts something between the engine and the storage. */
  readonly wrap?: (inner: Destination) => Destination;
}

/** Makes a harness; without a key the repository is not encrypted, which is faster to make. */
export async function createHarness(options: HarnessOptions = {}): Promise<Harness> {
  const { seed = 1, key = 'none', pageSize, wrap = (inner) => inner, ...rest } = options;
  const objects: Objects = new Map();
  const clock = virtualClock({ start: Date.UTC(2026, 0, 1) });
  const dice = seededRandomness(seed);
  const mailbox = memoryMailbox({ pageSize });
  const environment = { clock, randomness: dice };
  const repository = await createRepository({
    destination: wrap(memoryDestination({ objects, clock })),
    key,
    ...environment,
    ...rest,
  });
  return {
    objects,
    clock,
    dice,
    mailbox,
    repository,
    reopen: () =>
      openRepository({
        destination: wrap(memoryDestination({ objects, clock })),
        ...environment,
        ...(key === 'none' ? {} : { key }),
      }),
  };
}

/** An item with one part of the given size, different for every id and version. */
export function sampleItem(
  id: string,
  options: { readonly size?: number; readonly version?: number; readonly created?: number } = {},
): MemoryItem {
  const { size = 200, version = 1, created = 1_600_000_000_000 + hashOf(id) } = options;
  const text = `${id} version ${version} `;
  const bytes = new TextEncoder().encode(
    text.repeat(Math.ceil(size / text.length)).slice(0, size - 1) + String(version % 10),
  );
  return { id, subject: `Subject of ${id}`, created, parts: { 'message.eml': bytes }, volatile: { isRead: false } };
}

function hashOf(text: string): number {
  let sum = 0;
  for (const character of text) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 100_000_000;
  return sum;
}

/** Everything a snapshot holds: by collection, by item id, the parts as text and the volatile properties. */
export async function contentsOf(
  repository: Repository,
  snapshot = 'latest',
): Promise<Record<string, Record<string, string>>> {
  const contents: Record<string, Record<string, string>> = {};
  for await (const { id } of repository.collections({ snapshot })) {
    const items: Record<string, string> = {};
    for (let page = 1, pages = 1; page <= pages; page += 1) {
      const listed = await repository.browse({ snapshot, collection: id, page, pageSize: 1000 });
      pages = listed.pages;
      for (const { id: itemId } of listed.items) {
        const item = await repository.item({ snapshot, collection: id, item: itemId });
        const parts = await Promise.all(item.parts.map(async (name) => [name, textOf(await item.readPart(name))]));
        items[itemId] = JSON.stringify({ parts: Object.fromEntries(parts), volatile: item.volatile });
      }
    }
    contents[id] = items;
  }
  return contents;
}

/** The same of a mailbox, to compare with. */
export function truthOf(mailbox: MemoryMailbox): Record<string, Record<string, string>> {
  return Object.fromEntries(
    [...mailbox.contents()].map(([collection, items]) => [
      collection,
      Object.fromEntries(
        items.map(({ id, parts, volatile }) => {
          const texts = Object.entries(parts).map(([name, bytes]) => [name, textOf(bytes)]);
          return [id, JSON.stringify({ parts: Object.fromEntries(texts), volatile })];
        }),
      ),
    ]),
  );
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder('latin1').decode(bytes);
}
