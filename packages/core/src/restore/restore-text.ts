import type { RestoreAction } from './restore-action.ts';
import type { PlannedCollection, RestorePlan } from './restore-plan.ts';
import type { RestorePreview } from './restore-preview.ts';

const POLICIES: Readonly<Record<RestorePlan['onConflict'], string>> = {
  copy: 'another version there stays, and the item is created beside it',
  'only-missing': 'what is anywhere in the mailbox stays as it is',
  replace: 'another version there is replaced',
  skip: 'another version there stays as it is',
};

/**
 * A plan as lines of text, for a terminal or a ticket: where items come from, where they go, how many, and what becomes of
 * those that the target has. With a preview, each item and what would be done with it. It shows names of folders, and
 * with a preview subjects, so treat it like the mail itself.
 *
 * @example What an operator is shown before a restore
 * ```ts no-run
 * import { restoreText } from '@holdfast/core';
 * import type { Repository } from '@holdfast/core';
 * import type { RestoreTarget } from '@holdfast/contracts';
 *
 * async function show(repository: Repository, target: RestoreTarget): Promise<void> {
 *   const plan = await repository.planRestore({ snapshot: 'latest', into: ['Restored'] });
 *   console.log(restoreText(plan, await repository.previewRestore(plan, target)));
 * }
 * ```
 */
export function restoreText(plan: RestorePlan, preview?: RestorePreview): string {
  const lines = [
    `restore of ${plan.source.title}, snapshot ${plan.snapshot}${preview === undefined ? '' : `, into ${preview.target.title}`}`,
    `${counted(plan.items, 'item')} in ${counted(plan.collections.length, 'folder')}; ${POLICIES[plan.onConflict]}`,
  ];
  if (preview === undefined) lines.push(...plan.collections.map((planned) => folderLine(planned)));
  else {
    for (const collection of preview.collections) {
      lines.push(
        `${folderLine(collection)}${collection.exists ? '' : ' (new folder)'}: ${countsOf(collection.actions)}`,
      );
      for (const { action, subject } of collection.previewed)
        lines.push(`    ${action.padEnd(8)}  ${oneLine(subject)}`);
    }
    lines.push(`in all: ${countsOf(preview.actions)}`);
  }
  return `${lines.join('\n')}\n`;
}

function folderLine({ from, path, count }: PlannedCollection): string {
  const [source, target] = [from, path.map(({ name }) => name)].map((names) => names.map(oneLine).join('/'));
  return `  ${count} of ${source}${source === target ? '' : ` into ${target}`}`;
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

function countsOf(actions: Readonly<Record<RestoreAction, number>>): string {
  const told = Object.entries(actions).filter(([, count]) => count > 0);
  return told.length === 0 ? 'nothing to do' : told.map(([action, count]) => `${action} ${count}`).join(', ');
}

/** What mail says of itself must not be able to move the cursor of a terminal. */
function oneLine(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what it replaces
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').toWellFormed();
}
