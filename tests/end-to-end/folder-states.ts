import { createHash } from 'node:crypto';
import type { Repository } from '@holdfast/core';
import type { ExchangeControl, MessageState } from '@holdfast/simulators/exchange';

/** What a folder holds: a digest of each message by its id. */
export type FolderState = ReadonlyMap<string, string>;

/** What a mailbox holds: the folders by their ids, and the messages in each. */
export type MailboxState = ReadonlyMap<string, FolderState>;

/** The mailbox as the service knows it at this moment. */
export async function stateOfMailbox(control: ExchangeControl, mailbox: string): Promise<MailboxState> {
  const messages = await control.messages(mailbox);
  const folders = new Map<string, Map<string, string>>(control.folders(mailbox).map(({ id }) => [id, new Map()]));
  for (const message of messages) folders.get(message.folderId)?.set(message.id, digestOfMessage(message));
  return folders;
}

/** The mailbox as a snapshot shows it, every part of every message read. */
export async function stateOfSnapshot(repository: Repository, snapshot: string): Promise<MailboxState> {
  const folders = new Map<string, Map<string, string>>();
  for await (const { id: collection } of repository.collections({ snapshot })) {
    const items = new Map<string, string>();
    for (let page = 1, pages = 1; page <= pages; page += 1) {
      const listed = await repository.browse({ snapshot, collection, page, pageSize: 1000 });
      pages = listed.pages;
      for (const { id } of listed.items) items.set(id, await digestOfItem(repository, snapshot, collection, id));
    }
    folders.set(collection, items);
  }
  return folders;
}

const LISTED = ['subject', 'body', 'internetMessageId', 'isDraft', 'receivedDateTime', 'toRecipients'];
const VOLATILE = ['categories', 'flag', 'importance', 'isRead'];

function digestOfMessage({ properties, mime }: MessageState): string {
  return digest(properties, properties, mime);
}

async function digestOfItem(repository: Repository, snapshot: string, collection: string, id: string): Promise<string> {
  const item = await repository.item({ snapshot, collection, item: id });
  const listed = JSON.parse(new TextDecoder().decode(await item.readPart('properties.json'))) as object;
  const mime = item.parts.includes('message.eml') ? await item.readPart('message.eml') : undefined;
  return digest(listed, item.volatile, mime);
}

function digest(listed: object, volatile: object, mime: Uint8Array | undefined): string {
  const pick = (from: object, names: readonly string[]): unknown[] =>
    names.map((name) => sorted((from as Readonly<Record<string, unknown>>)[name]));
  return (
    createHash('sha256')
      // What changes without the content is stored as text, and half a surrogate pair is none.
      .update(JSON.stringify([pick(listed, LISTED), wellFormed(pick(volatile, VOLATILE))]))
      .update(mime ?? 'no MIME')
      .digest('hex')
  );
}

function wellFormed(value: unknown): unknown {
  const text = (member: unknown): unknown => (typeof member === 'string' ? member.toWellFormed() : member);
  return JSON.parse(JSON.stringify(value, (_name, member: unknown) => text(member)));
}

/** The same value with the members of its objects in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, sorted(member)]));
}

/** How two states of a folder differ, those messages excepted; empty if they are equal. */
export function differencesOfFolders(
  expected: FolderState,
  found: FolderState,
  except: ReadonlySet<string> = new Set(),
): readonly string[] {
  const ids = [...new Set([...expected.keys(), ...found.keys()])].filter((id) => !except.has(id));
  return ids.flatMap((id) => {
    const [wanted, got] = [expected.get(id), found.get(id)];
    if (wanted === got) return [];
    return [
      got === undefined ? `${id} is missing` : wanted === undefined ? `${id} is too much` : `${id} is another version`,
    ];
  });
}
