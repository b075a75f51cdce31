import { extendedValue } from '../present/extended-values.ts';
import { parseFilter } from '../protocol/filter-clause.ts';
import { GraphFailure } from '../protocol/graph-failure.ts';
import type { StoredMessage } from '../store/stored-message.ts';

const ORDER = /^\s*(receivedDateTime|sentDateTime|createdDateTime|lastModifiedDateTime|subject)(\s+(asc|desc))?\s*$/;

/** Options of {@link arrange}. */
export interface ArrangeOptions {
  /** The value of `$filter`. */
  readonly filter: string | undefined;
  /** The value of `$orderby`. */
  readonly orderBy: string | undefined;
  /** Shows a message with all its usual properties. */
  readonly entityOf: (message: StoredMessage) => Readonly<Record<string, unknown>>;
}

/** The messages that pass a filter, in the order asked for; newest first if none is. */
export function arrange(
  messages: readonly StoredMessage[],
  { filter, orderBy, entityOf }: ArrangeOptions,
): readonly StoredMessage[] {
  const passes = parseFilter(filter, { withExtended: true });
  const found =
    filter === undefined
      ? messages
      : messages.filter((message) =>
          passes({
            property: (name) => entityOf(message)[name],
            extendedValue: (id) => extendedValue(message, id),
          }),
        );
  if (orderBy === undefined) return found.toSorted((a, b) => b.content.receivedTime - a.content.receivedTime);
  const [, name, , direction] = ORDER.exec(orderBy) ?? [];
  if (name === undefined) {
    throw new GraphFailure(400, 'ErrorInvalidUrlQuery', `The query parameter '$orderby=${orderBy}' is invalid.`);
  }
  const sign = direction === 'desc' ? -1 : 1;
  const keyed = found.map((message) => ({ message, key: String(entityOf(message)[name]) }));
  keyed.sort((a, b) => (a.key < b.key ? -sign : a.key > b.key ? sign : 0));
  return keyed.map(({ message }) => message);
}
