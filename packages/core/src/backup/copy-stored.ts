import { restorable } from '../browse/snapshot-item.ts';
import { isDamage } from '../objects/damage.ts';
import type { ItemRecord } from '../tree/item-record.ts';
import type { TreeRecord } from '../tree/tree-record.ts';
import type { BackupContext } from './backup-context.ts';
import type { KnownItem } from './collection-state.ts';
import { storeParts } from './store-parts.ts';

/**
 * What is kept of an item that cannot be read from the source: what is stored of it. A run that shares nothing with what
 * was before keeps a copy; undefined if what is stored cannot be read either.
 */
export async function keepStored(context: BackupContext, known: KnownItem): Promise<KnownItem | undefined> {
  if (!context.run.capture.selfContained || known.read) return known;
  const { record, places = [] } = known;
  const copy = await copyItem(context, { value: record, bytes: NOTHING, places });
  return copy && { ...known, record: copy, places: undefined };
}

const NOTHING = new Uint8Array();

/** Stores the parts of a stored item once more, in the run's own packs; undefined if they are damaged or gone. */
export async function copyItem(
  context: BackupContext,
  stored: TreeRecord<ItemRecord>,
): Promise<ItemRecord | undefined> {
  const { vault, source, options } = context;
  const item = restorable(vault, source.id, stored);
  const parts: ItemRecord['parts'][number][] = [];
  try {
    // One part after the other, so that no more than one is in memory.
    for (const name of item.parts) {
      parts.push(
        ...(await context.data.hurry(storeParts(context, [{ name, bytes: await item.readPart(name, options) }]))),
      );
    }
  } catch (error) {
    if (!isDamage(error)) throw error;
    return undefined;
  }
  return { ...stored.value, parts };
}
