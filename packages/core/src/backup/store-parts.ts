import type { ItemPart } from '@holdfast/contracts';
import type { StoredPart } from '../tree/item-record.ts';
import type { BackupContext } from './backup-context.ts';

/**
 * Stores the parts of an item, as far as their bytes are not stored yet. Calls back once the bytes were read: what comes
 * then no longer concerns the source.
 */
export async function storeParts(
  { data, reading }: BackupContext,
  parts: readonly ItemPart[],
  onTaken: () => void = () => {},
): Promise<readonly StoredPart[]> {
  const { stored } = await data.take(parts, reading);
  onTaken();
  return stored;
}
