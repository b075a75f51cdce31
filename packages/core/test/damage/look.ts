import type { Repository } from '@holdfast/core';
import { collector } from '../support/collector.ts';

/** One question to a repository: what it answered, as text, or the error that it ended with. */
export type Answer = { readonly text: string } | { readonly error: unknown };

/** Everything that a repository tells, by question. */
export type Answers = Map<string, Answer>;

/** What a sound repository holds, by which to ask a damaged one. */
export interface Known {
  readonly snapshots: readonly KnownSnapshot[];
}

/** A snapshot, and what is in it. */
export interface KnownSnapshot {
  readonly id: string;
  readonly complete: boolean;
  readonly collections: readonly { readonly id: string; readonly items: readonly string[] }[];
}

/** Looks a sound repository through. */
export async function knownOf(repository: Repository): Promise<Known> {
  const snapshots: KnownSnapshot[] = [];
  for await (const { id, state } of repository.snapshots({ checkpoints: true })) {
    const collections = await Array.fromAsync(repository.collections({ snapshot: id }), async (collection) => {
      const { items } = await repository.browse({ snapshot: id, collection: collection.id });
      return { id: collection.id, items: items.map((item) => item.id) };
    });
    snapshots.push({ id, complete: state === 'complete', collections });
  }
  return { snapshots };
}

/** Asks a repository everything: lists, every page, every part, coverage, differences, a restore of every snapshot. */
export async function lookAt(repository: Repository, { snapshots }: Known): Promise<Answers> {
  const answers: Answers = new Map();
  async function ask(question: string, answer: () => Promise<unknown>): Promise<void> {
    try {
      answers.set(question, { text: asText(await answer()) });
    } catch (error) {
      answers.set(question, { error });
    }
  }

  await ask('list', () => Array.fromAsync(repository.snapshots({ checkpoints: true })));
  await ask('latest', async () => (await repository.planRestore({ snapshot: 'latest' })).snapshot);
  for (const { id: snapshot, collections } of snapshots) {
    await ask(`coverage ${snapshot}`, () => repository.coverage({ snapshot }));
    await ask(`collections ${snapshot}`, () => Array.fromAsync(repository.collections({ snapshot })));
    await restoreInto(answers, repository, snapshot);
    for (const { id: collection, items } of collections) {
      await ask(`browse ${snapshot} ${collection}`, () => repository.browse({ snapshot, collection }));
      for (const item of items) {
        await ask(`item ${snapshot} ${collection} ${item}`, async () => {
          const { readPart, ...found } = await repository.item({ snapshot, collection, item });
          const parts: [string, Uint8Array][] = [];
          for (const name of found.parts) parts.push([name, await readPart(name)]);
          return { ...found, parts };
        });
      }
    }
  }
  const [to, from] = snapshots.filter(({ complete }) => complete);
  if (from !== undefined && to !== undefined) {
    await ask('diff', () => Array.fromAsync(repository.diff({ from: from.id, to: to.id })));
  }
  return answers;
}

/** Restores a snapshot into nothing: what arrived, and what the report tells of what did not, are answers of their own. */
async function restoreInto(answers: Answers, repository: Repository, snapshot: string): Promise<void> {
  const target = collector(
    (path) => path.map(({ name }) => name).join('/'),
    async (collection, item) => {
      const parts: [string, Uint8Array][] = [];
      for (const name of item.parts) parts.push([name, await item.readPart(name)]);
      const { id, kind, summary, volatile, omitted } = item;
      answers.set(`restore ${snapshot} ${collection}/${id}`, {
        text: asText({ kind, summary, volatile, omitted, parts }),
      });
    },
  );
  try {
    const plan = await repository.planRestore({ snapshot });
    answers.set(`plan ${snapshot}`, { text: asText(plan) });
    const { failures, result, restored, planned, ended } = await repository.restore(plan, target, { concurrency: 1 });
    const [failure] = failures;
    answers.set(
      `restore ${snapshot}`,
      failure === undefined ? { text: asText({ result, restored, planned, ended }) } : { error: asError(failure) },
    );
  } catch (error) {
    answers.set(`restore ${snapshot}`, { error });
  }
}

/** A line of a report stands for the error that it was made of. */
function asError({ code, message }: { readonly code: string; readonly message: string }): Error {
  return Object.assign(new Error(message), { code, reported: true });
}

function asText(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    member instanceof Uint8Array ? `bytes ${new TextDecoder('latin1').decode(member)}` : member,
  );
}
