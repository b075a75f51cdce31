import type { Collection, JsonObject, JsonValue, SourceItem } from '@holdfast/contracts';

/**
 * An item whose texts can be stored: half a surrogate pair has no UTF-8, so it would come back as another character, and
 * look like a change in every run. What the service said is whole in the item's parts.
 */
export function wellFormedItem(item: SourceItem): SourceItem {
  const { changeKey, contentKey, kind, volatile } = item;
  return {
    ...item,
    kind: kind.toWellFormed(),
    changeKey: changeKey.toWellFormed(),
    contentKey: contentKey.toWellFormed(),
    volatile: wellFormedObject(volatile),
  };
}

/** The same for a collection; ids are left alone. */
export function wellFormedCollection(collection: Collection): Collection {
  const { name, role, metadata } = collection;
  return {
    ...collection,
    name: name.toWellFormed(),
    role: role?.toWellFormed(),
    metadata: wellFormedObject(metadata),
  };
}

function wellFormedObject(object: JsonObject): JsonObject {
  // Names that differ in what cannot be stored alone become one: the same name twice would be unreadable.
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name.toWellFormed(), wellFormed(value)]));
}

function wellFormed(value: JsonValue): JsonValue {
  if (typeof value === 'string') return value.toWellFormed();
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((entry) => wellFormed(entry));
  return typeof value === 'object' && value !== null ? wellFormedObject(value as JsonObject) : value;
}
