import type { SeededRandomness } from '../seeded-randomness.ts';
import { chooseFolderStep } from './folder-steps.ts';
import type { HistoryStep, HistoryStepKind } from './history-steps.ts';
import { historyWorld } from './history-world.ts';
import type { HistoryWorld } from './history-world.ts';
import type { MailboxView } from './mailbox-hands.ts';
import { chooseMessageStep } from './message-steps.ts';

/** How often each kind of step comes, in proportion to the others. */
export type HistoryWeights = Readonly<Record<HistoryStepKind, number>>;

/** Options of {@link historyStep}. */
export interface HistoryStepOptions {
  /** Weights that differ from {@link historyWeights}; zero leaves a kind out. */
  readonly weights?: Partial<HistoryWeights> | undefined;
}

/** The weights of {@link historyStep}: a mailbox that grows slowly and is tidied up a lot. */
export const historyWeights: HistoryWeights = {
  'add-draft': 2,
  'add-message': 12,
  'change-message': 8,
  'create-folder': 3,
  'delete-folder': 1,
  'delete-message': 5,
  'deliver-twice': 2,
  'edit-draft': 3,
  'expire-cursors': 1,
  'fail-message': 1,
  'heal-message': 2,
  'move-and-change': 3,
  'move-folder': 1,
  'move-message': 6,
  'move-there-and-back': 3,
  'rename-folder': 1,
};

/**
 * Chooses the next thing that happens to a mailbox, at random and fit for what the mailbox looks like: the same for the
 * same dice and the same view. Folders that every mailbox has are never renamed, moved or deleted. Names of new folders
 * are unique below their parent, as services want it.
 *
 * @throws RangeError if nothing can be done: no kind with a weight fits the mailbox.
 *
 * @example A step, and what it says
 * ```ts
 * import { describeStep, historyStep, seededRandomness } from '@holdfast/testkit';
 *
 * const view = { folders: [{ id: 'f1', path: ['Inbox'], wellKnownName: 'inbox' }], messages: [] };
 * const step = historyStep(seededRandomness(7), view, { weights: { 'create-folder': 0, 'expire-cursors': 0 } });
 * console.log(describeStep(step)); // deliver-twice 734115430 to Inbox and Inbox
 * ```
 */
export function historyStep(
  dice: SeededRandomness,
  view: MailboxView,
  { weights = {} }: HistoryStepOptions = {},
): HistoryStep {
  const world = historyWorld(view);
  let kinds = Object.entries({ ...historyWeights, ...weights }) as [HistoryStepKind, number][];
  while (kinds.length > 0) {
    const kind = pickByWeight(dice, kinds);
    const step = kind === undefined ? undefined : choose(dice, world, kind);
    if (step !== undefined) return step;
    if (kind === undefined) break;
    kinds = kinds.filter(([other]) => other !== kind);
  }
  throw new RangeError('nothing can happen to this mailbox with these weights');
}

function choose(dice: SeededRandomness, world: HistoryWorld, kind: HistoryStepKind): HistoryStep | undefined {
  switch (kind) {
    case 'expire-cursors':
      return { kind, loss: dice.pick(['SyncStateNotFound', 'ResyncRequired', 'SyncStateInvalid'] as const) };
    case 'create-folder':
    case 'delete-folder':
    case 'move-folder':
    case 'rename-folder':
      return chooseFolderStep(dice, world, kind);
    default:
      return chooseMessageStep(dice, world, kind);
  }
}

function pickByWeight(
  dice: SeededRandomness,
  kinds: readonly (readonly [HistoryStepKind, number])[],
): HistoryStepKind | undefined {
  const total = kinds.reduce((sum, [, weight]) => sum + weight, 0);
  let left = dice.fraction() * total;
  for (const [kind, weight] of kinds) {
    left -= weight;
    if (left < 0) return kind;
  }
  return undefined;
}
