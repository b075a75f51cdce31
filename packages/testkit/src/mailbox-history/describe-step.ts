import type { FolderReference, HistoryStep } from './history-steps.ts';
import type { HistoryChange } from './mailbox-hands.ts';

/** Ids of services share their beginnings, and their ends are padding. */
const SHOWN = 10;

/**
 * Tells a step in one short line, so that the history of a failing seed can be read.
 *
 * @example A move
 * ```ts
 * import { describeStep } from '@holdfast/testkit';
 *
 * const from = { id: 'f1', path: ['Inbox'] };
 * const to = { id: 'f2', path: ['Projects', 'Bridge'] };
 * console.log(describeStep({ kind: 'move-message', message: 'm1', from, to })); // move-message m1: Inbox > Projects/Bridge
 * ```
 */
export function describeStep(step: HistoryStep): string {
  switch (step.kind) {
    case 'add-draft':
    case 'add-message':
      return `${step.kind} ${step.letter} to ${place(step.folder)}`;
    case 'deliver-twice':
      return `${step.kind} ${step.letter} to ${step.folders.map(place).join(' and ')}`;
    case 'move-message':
      return `${step.kind} ${short(step.message)}: ${place(step.from)} > ${place(step.to)}`;
    case 'move-and-change':
      return `${step.kind} ${short(step.message)}: ${place(step.from)} > ${place(step.to)}, ${told(step.change)}`;
    case 'move-there-and-back': {
      const { home, over, change } = step;
      const way = `${place(home)} > ${place(over)} > ${place(home)}`;
      return `${step.kind} ${short(step.message)}: ${way}${change === undefined ? '' : `, ${told(change)}`}`;
    }
    case 'change-message':
    case 'edit-draft':
      return `${step.kind} ${short(step.message)}: ${told(step.change)}`;
    case 'delete-message':
    case 'fail-message':
    case 'heal-message':
      return `${step.kind} ${short(step.message)}`;
    case 'create-folder':
      return `${step.kind} ${pathOf(step.path)}${step.isHidden ? ', hidden' : ''}`;
    case 'rename-folder':
      return `${step.kind} ${place(step.folder)} as ${JSON.stringify(step.name)}`;
    case 'move-folder':
      return `${step.kind} ${place(step.folder)} into ${place(step.parent)}`;
    case 'delete-folder':
      return `${step.kind} ${place(step.folder)}`;
    case 'expire-cursors':
      return `${step.kind} (${step.loss})`;
  }
}

function told(change: HistoryChange): string {
  return Object.entries(change)
    .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
    .join(', ');
}

function place({ path }: FolderReference): string {
  return pathOf(path);
}

function pathOf(path: readonly string[]): string {
  return path.length === 0 ? '(root)' : path.map((name) => name.replaceAll('/', String.raw`\/`)).join('/');
}

function short(id: string): string {
  const bare = id.replace(/A*=*$/, '');
  return bare.length <= SHOWN + 1 ? id : `…${bare.slice(-SHOWN)}`;
}
