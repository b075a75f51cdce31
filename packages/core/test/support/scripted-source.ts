import { noUsage } from '@holdfast/contracts';
import type { ChangeEvent, ItemContent, ItemLocation, Source, SourceItem } from '@holdfast/contracts';

/** What a {@link scriptedSource} does; each function is called with the number of the run, from 1. */
export interface Script {
  readonly collections: readonly string[];
  /** Tells the changes of a collection. */
  changes(run: number, collection: string, cursor: string | undefined): AsyncIterable<ChangeEvent>;
  /** Reads an item. @defaultValue its id as its only part */
  read?(run: number, item: SourceItem): ItemContent;
  /** Where an item is. @defaultValue nowhere */
  locate?(run: number, itemId: string): ItemLocation;
}

/** A source that does exactly what a test says, and notes what was read. */
export function scriptedSource(script: Script): { readonly source: Source; readonly reads: string[]; next(): void } {
  const reads: string[] = [];
  let run = 1;
  const source: Source = {
    id: 'scripted',
    title: 'scripted',
    usage: noUsage,
    async *collections() {
      for (const id of script.collections) {
        const collection = { id, parentId: undefined, path: [id], name: id, kind: 'mail' as const, role: undefined };
        yield { type: 'collection-found', collection: { ...collection, hidden: false, metadata: {} } };
      }
    },
    changes: ({ id }, { cursor } = {}) => script.changes(run, id, cursor),
    async read(item) {
      reads.push(`${run}:${item.id}`);
      return script.read?.(run, item) ?? { parts: [{ name: 'message.eml', bytes: textBytes(item.id) }], omitted: [] };
    },
    async *locate(ids) {
      for (const itemId of ids) yield script.locate?.(run, itemId) ?? { itemId };
    },
    async [Symbol.asyncDispose]() {},
  };
  return {
    source,
    reads,
    next() {
      run += 1;
    },
  };
}

/** An item as a listing tells of it. */
export function listedItem(id: string, changes: Partial<SourceItem> = {}): SourceItem {
  return {
    id,
    kind: 'message',
    sortTime: 1000,
    changeKey: 'k1',
    contentKey: 'c1',
    summary: { subject: id, from: undefined, to: [], date: 0, size: undefined, hasAttachments: false },
    volatile: { isRead: false },
    listed: {},
    ...changes,
  };
}

/** A text as bytes. */
export function textBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
