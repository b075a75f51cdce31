import type { Repository } from '@holdfast/core';
import type { MessageState } from '@holdfast/simulators/exchange';

/**
 * How a snapshot differs from the mailbox as the service knows it: items that are missing, that should not be there or
 * are in another folder, and what of the others is not the same. Empty if they are equal.
 */
export async function differencesFromMailbox(
  repository: Repository,
  snapshot: string,
  messages: readonly MessageState[],
): Promise<string[]> {
  const differences: string[] = [];
  const expected = new Map(messages.map((message) => [placeOf(message.folderId, message.id), message]));
  for await (const { id: collection } of repository.collections({ snapshot })) {
    for (let page = 1, pages = 1; page <= pages; page += 1) {
      const listed = await repository.browse({ snapshot, collection, page, pageSize: 1000 });
      pages = listed.pages;
      for (const { id } of listed.items) {
        const message = expected.get(placeOf(collection, id));
        if (!expected.delete(placeOf(collection, id)) || message === undefined) {
          differences.push(`${id} is in the snapshot only, or twice`);
          continue;
        }
        const item = await repository.item({ snapshot, collection, item: id });
        const { content, mime } = message;
        if (item.summary.subject !== content.subject) differences.push(`${content.subject}: subject`);
        if (item.volatile['isRead'] !== content.isRead) differences.push(`${content.subject}: read state`);
        const flag = item.volatile['flag'] as { readonly flagStatus: string } | undefined;
        if (flag?.flagStatus !== content.flag.flagStatus) differences.push(`${content.subject}: flag`);
        if (String(item.volatile['categories']) !== String(content.categories)) {
          differences.push(`${content.subject}: categories`);
        }
        if (mime === undefined) {
          if (item.parts.includes('message.eml')) differences.push(`${content.subject}: MIME out of nowhere`);
        } else if (Buffer.compare(await item.readPart('message.eml'), mime) !== 0) {
          differences.push(`${content.subject}: MIME`);
        }
      }
    }
  }
  return [...differences, ...[...expected.values()].map(({ content }) => `${content.subject} is missing`)];
}

function placeOf(folder: string, id: string): string {
  return `${folder}\n${id}`;
}
