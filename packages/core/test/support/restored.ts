import type { Repository } from '@holdfast/core';
import type { MemoryMailbox } from '@holdfast/testkit';
import { collector } from './collector.ts';

/** Items by `collection/item`, as text. */
export type Contents = Map<string, string>;

/** Restores a whole snapshot into nothing and tells what came. Collections must be named like their ids. */
export async function restoredContents(repository: Repository, snapshot = 'latest'): Promise<Contents> {
  const contents: Contents = new Map();
  const target = collector(
    (path) => path.at(-1)?.name ?? '',
    async (collection, item) => {
      const parts: [string, string][] = [];
      for (const name of item.parts) parts.push([name, latin1(await item.readPart(name))]);
      contents.set(`${collection}/${item.id}`, JSON.stringify([Object.fromEntries(parts), item.volatile]));
    },
  );
  const report = await repository.restore(await repository.planRestore({ snapshot }), target);
  if (report.result !== 'complete') throw new Error(`restore: ${JSON.stringify(report.failures)}`);
  return new Map([...contents].toSorted());
}

/** The same of a mailbox, to compare with. */
export function mailboxContents(mailbox: MemoryMailbox): Contents {
  const entries = [...mailbox.contents()].flatMap(([collection, items]) =>
    items.map(({ id, parts, volatile }): [string, string] => {
      const texts = Object.entries(parts).map(([name, bytes]) => [name, latin1(bytes)]);
      return [`${collection}/${id}`, JSON.stringify([Object.fromEntries(texts), volatile])];
    }),
  );
  return new Map(entries.toSorted());
}

function latin1(bytes: Uint8Array): string {
  return new TextDecoder('latin1').decode(bytes);
}
