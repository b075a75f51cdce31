import type {
  ChangeEvent,
  Collection,
  CollectionEvent,
  ItemContent,
  RestorableItem,
  RestoreFolder,
  Source,
  SourceItem,
} from '@holdfast/contracts';
import { exchangeOnline } from '@holdfast/exchange-source';
import type { ExchangeMailbox, ExchangeOnline, ExchangeOnlineOptions } from '@holdfast/exchange-source';
import { startExchange } from '@holdfast/simulators/exchange';
import type { AttachmentContent, Exchange, MessageContent, StartExchangeOptions } from '@holdfast/simulators/exchange';

export const ADA = 'ada@example.org';
export const BOB = 'bob@example.org';

/** A simulator, a client of it, and two of its mailboxes. */
export interface World extends AsyncDisposable {
  readonly exchange: Exchange;
  readonly online: ExchangeOnline;
  readonly ada: ExchangeMailbox;
  readonly bob: ExchangeMailbox;
}

export async function startWorld(
  options: Partial<StartExchangeOptions> = {},
  clientOptions: Partial<ExchangeOnlineOptions> = {},
): Promise<World> {
  const exchange = await startExchange({ mailboxes: { [ADA]: {}, [BOB]: {} }, ...options });
  const online = connect(exchange, clientOptions);
  const ada = await online.mailbox(ADA);
  const bob = await online.mailbox(BOB);
  return { exchange, online, ada, bob, [Symbol.asyncDispose]: () => exchange.close() };
}

export function connect(exchange: Exchange, options: Partial<ExchangeOnlineOptions> = {}): ExchangeOnline {
  const { tenant, credentials, fetch } = exchange;
  return exchangeOnline({ tenant, credentials, fetch, ...options });
}

export async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const result: T[] = [];
  for await (const value of values) result.push(value);
  return result;
}

export async function foldersOf(source: Source): Promise<Collection[]> {
  const events: CollectionEvent[] = await all(source.collections());
  return events.filter(({ type }) => type === 'collection-found').map(({ collection }) => collection);
}

export async function folderNamed(source: Source, name: string): Promise<Collection> {
  const found = (await foldersOf(source)).find((folder) => folder.name === name);
  if (found === undefined) throw new RangeError(`no folder ${name}`);
  return found;
}

/** What a change feed told, sorted by kind. */
export interface Told {
  readonly items: readonly SourceItem[];
  readonly removed: readonly string[];
  readonly resets: number;
  readonly cursor: string;
  readonly checkpoints: number;
}

export async function changesOf(source: Source, folder: Collection, cursor?: string): Promise<Told> {
  const events: ChangeEvent[] = await all(source.changes(folder, { cursor }));
  const checkpoints = events.filter((event) => event.type === 'checkpoint');
  const last = checkpoints.at(-1);
  if (last?.last !== true || checkpoints.filter((event) => event.last).length !== 1) {
    throw new RangeError('a feed must end with its only last checkpoint');
  }
  return {
    items: events.filter((event) => event.type === 'item-changed').map(({ item }) => item),
    removed: events.filter((event) => event.type === 'item-removed').map(({ itemId }) => itemId),
    resets: events.filter((event) => event.type === 'collection-reset').length,
    cursor: last.cursor,
    checkpoints: checkpoints.length,
  };
}

/** An item as the engine would hand it to a restore target. */
export function restorable(source: Source, item: SourceItem, content: ItemContent): RestorableItem {
  const parts = new Map(content.parts.map(({ name, bytes }) => [name, bytes as Uint8Array]));
  const { id, changeKey, kind, summary, volatile } = item;
  return {
    source: source.id,
    id,
    changeKey,
    kind,
    summary,
    volatile,
    parts: [...parts.keys()],
    omitted: content.omitted,
    readPart: (name) => Promise.resolve(parts.get(name) ?? new Uint8Array()),
    saveParts: () => Promise.reject(new Error('a mailbox wants no files')),
    release() {},
  };
}

export function restorePath(folders: readonly Collection[], folder: Collection): RestoreFolder[] {
  return folder.path.map((id) => {
    const level = folders.find((candidate) => candidate.id === id);
    if (level === undefined) throw new RangeError(`no folder ${id}`);
    const { name, role, kind, hidden } = level;
    return { name, role, kind, hidden };
  });
}

/** The one message of a folder, read. */
export async function readOnly(
  source: Source,
  folderName: string,
): Promise<{ item: SourceItem; content: ItemContent }> {
  const { items } = await changesOf(source, await folderNamed(source, folderName));
  const [item] = items;
  if (item === undefined || items.length > 1) throw new RangeError(`${items.length} messages instead of one`);
  return { item, content: await source.read(item) };
}

/** What a client can set of a message. Attached messages without Message-ID or times get made-up ones from the server. */
export function settable(content: MessageContent): unknown {
  const { mime, internetMessageHeaders, attachments, ...rest } = content;
  return { ...rest, attachments: attachments.map(settableAttachment) };
}

function settableAttachment(attachment: AttachmentContent): unknown {
  if (attachment.kind === 'file') return { ...attachment, bytes: Buffer.from(attachment.bytes).toString('base64') };
  if (attachment.kind === 'reference') return attachment;
  const { internetMessageId, receivedTime, sentTime, ...item } = attachment.item;
  return { ...attachment, item: settable({ ...item, internetMessageId: '', receivedTime: 0, sentTime: 0 }) };
}

export function eml(...lines: string[]): Uint8Array {
  return new TextEncoder().encode(lines.join('\r\n'));
}

export function letter(subject: string): Uint8Array {
  return eml(
    'From: Ada <ada@example.org>',
    'To: Bob <bob@example.org>',
    `Subject: ${subject}`,
    'Date: Tue, 3 Mar 2026 10:00:00 +0000',
    `Message-ID: <${subject.replaceAll(' ', '-')}@example.org>`,
    'Content-Type: text/plain',
    '',
    `About ${subject}`,
    '',
  );
}
