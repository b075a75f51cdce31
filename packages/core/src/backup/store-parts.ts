import type { ItemPart } from '@holdfast/contracts';
import type { StoredPart } from '../tree/item-record.ts';
import type { BackupContext } from './backup-context.ts';

/** Options of {@link storeParts}. */
export interface StorePartsOptions {
  /** The parts of the same item as they are stored already, with ids of this run's domain. */
  readonly known?: readonly StoredPart[] | undefined;
  /** Called once the bytes were read. */
  readonly onTaken?: (() => void) | undefined;
}

/**
 * Stores the parts of an item, as far as their bytes are not stored yet. Calls back once the bytes were read: what comes
 * then no longer concerns the source.
 */
export async function storeParts(
  { data, reading }: BackupContext,
  parts: readonly ItemPart[],
  { known, onTaken = () => {} }: StorePartsOptions = {},
): Promise<readonly StoredPart[]> {
  const { stored } = await data.take(parts, { ...reading, known });
  onTaken();
  return stored;
}
