import type { RestorePlan, RestoreReport } from '@holdfast/core';
import type { MessageContent, MessageState } from '@holdfast/simulators/exchange';

type Messages = ReadonlyMap<string, MessageState>;

/** A restore that came to its end in peace. */
export interface FinishedRestore {
  readonly plan: RestorePlan;
  readonly report: RestoreReport;
  /** What the mailbox that was backed up held at the time of the snapshot, by id. */
  readonly truth: Messages;
  /** What the target held before the first run of this plan. */
  readonly before: Messages;
  /** What it holds now. */
  readonly after: Messages;
  /** Messages that this and earlier restores made. */
  readonly made: ReadonlySet<string>;
  /** Whether the target is the mailbox that was backed up. */
  readonly isOwn: boolean;
}

/** What is wrong with what a restore left and told; empty if nothing is. */
export function judgeRestore(restore: FinishedRestore): readonly string[] {
  return [
    ...missingItems(restore),
    ...harmedMessages(restore),
    ...strayMessages(restore),
    ...repeatedMessages(restore),
    ...wrongCounts(restore),
  ];
}

/** Every planned item is in the target, where it belongs and with the same content, or was rightly left alone. */
function missingItems({ plan, report, truth, before, after, made, isOwn }: FinishedRestore): readonly string[] {
  const complaints: string[] = [];
  const pathOf = new Map(
    plan.collections.map(({ collection, path }) => [collection, nameOf(path.map(({ name }) => name))]),
  );
  for (const { collection, item, action, targetId = '' } of report.items) {
    const wanted = truth.get(item);
    const found = after.get(targetId);
    const name = `${wanted?.content.subject} (${item}, ${action})`;
    if (wanted === undefined) complaints.push(`${name} was not planned`);
    else if (found === undefined) complaints.push(`${name} is not there`);
    else {
      const wasThere = before.has(targetId);
      const isInPlace = nameOf(found.folder) === pathOf.get(collection);
      if (!isInPlace && !(plan.onConflict === 'only-missing' && wasThere)) complaints.push(`${name} is elsewhere`);
      if (textOf(wanted.content) === textOf(found.content)) continue;
      const isVersion =
        wanted.content.internetMessageId === found.content.internetMessageId || (isOwn && item === targetId);
      const leavesAlone = plan.onConflict === 'skip' || plan.onConflict === 'only-missing';
      // What we made is known by its mark, also after it was edited.
      const isEditedDraft = made.has(targetId) && found.content.isDraft;
      if (!(wasThere && isVersion && (leavesAlone || isEditedDraft))) complaints.push(`${name} has another content`);
    }
  }
  return complaints;
}

/** What was there before is there as it was, unless it was another version to replace, or half made before. */
function harmedMessages({ plan, truth, before, after, made, isOwn }: FinishedRestore): readonly string[] {
  const complaints: string[] = [];
  const planned = plan.collections.flatMap(({ collection, items }) =>
    items === 'all'
      ? [...truth.values()].filter(({ folderId }) => folderId === collection).map(({ id }) => id)
      : items.map((item) => (typeof item === 'string' ? item : item.id)),
  );
  for (const [id, was] of before) {
    const now = after.get(id);
    const name = `${was.content.subject} (${id})`;
    if (now === undefined) {
      const isReplaced = planned.some((item) => {
        const wanted = truth.get(item)?.content;
        if (wanted === undefined || (textOf(wanted) === textOf(was.content) && !made.has(id))) return false;
        return item === id || (wanted.internetMessageId === was.content.internetMessageId && (!isOwn || made.has(id)));
      });
      if (plan.onConflict !== 'replace' || !isReplaced) complaints.push(`${name} is gone`);
    } else if (now.changeKey !== was.changeKey && !(made.has(id) && hasMoreAttachments(was.content, now.content))) {
      complaints.push(`${name} was changed`);
    } else if (now.folderId !== was.folderId) complaints.push(`${name} was moved`);
  }
  return complaints;
}

/** What is new stands for one item each. */
function strayMessages({ report, before, after }: FinishedRestore): readonly string[] {
  const stands = Map.groupBy(report.items, ({ targetId }) => targetId);
  return [...after.values()]
    .filter(({ id }) => !before.has(id) && stands.get(id)?.length !== 1)
    .map(({ id, content }) => `${content.subject} (${id}) stands for ${stands.get(id)?.length ?? 0} items`);
}

/** No folder has more messages of one content than it had, unless the snapshot has so many of them. */
function repeatedMessages({ truth, before, after }: FinishedRestore): readonly string[] {
  const inFolder = ({ folder, content }: MessageState): string => `${nameOf(folder)} ${textOf(content)}`;
  const counted = (messages: Messages, key: (message: MessageState) => string): ReadonlyMap<string, number> =>
    new Map([...Map.groupBy(messages.values(), key)].map(([name, group]) => [name, group.length]));
  const had = counted(before, inFolder);
  const has = counted(after, inFolder);
  const known = counted(truth, ({ content }) => textOf(content));
  const complaints: string[] = [];
  for (const message of after.values()) {
    const key = inFolder(message);
    const count = has.get(key) ?? 0;
    if (before.has(message.id) || count <= Math.max(had.get(key) ?? 0, known.get(textOf(message.content)) ?? 0))
      continue;
    complaints.push(`${message.content.subject} (${message.id}) is there ${count} times`);
  }
  return complaints;
}

function wrongCounts({ plan, report }: FinishedRestore): readonly string[] {
  const { restored, skipped, failures, items, result, planned } = report;
  const complaints: string[] = [];
  if (failures.length > 0) complaints.push(`failures: ${JSON.stringify(failures)}`);
  if (result !== 'complete') complaints.push(`the result is ${result}: ${JSON.stringify(report.omissions)}`);
  if (restored + skipped + failures.length !== plan.items) complaints.push(`${restored} + ${skipped} of ${plan.items}`);
  if (items.length !== plan.items || planned !== plan.items) complaints.push(`${items.length} lines`);
  return complaints;
}

function hasMoreAttachments(was: MessageContent, now: MessageContent): boolean {
  return (
    now.attachments.length > was.attachments.length && textOf({ ...now, attachments: was.attachments }) === textOf(was)
  );
}

function nameOf(path: readonly string[]): string {
  return JSON.stringify(path).toLowerCase();
}

/** What a message says, but read state, flag and the like. */
function textOf(content: MessageContent): string {
  const { mime, internetMessageHeaders, isRead, flag, categories, importance, attachments, ...rest } = content;
  const files = attachments.map((attachment) =>
    attachment.kind === 'file'
      ? { name: attachment.name, bytes: Buffer.from(attachment.bytes).toString('base64') }
      : { name: attachment.name, kind: attachment.kind },
  );
  return JSON.stringify([Object.entries(rest).toSorted(), files]);
}
