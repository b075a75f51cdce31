import type { SeededRandomness } from '../seeded-randomness.ts';
import type { FolderReference, HistoryStep, HistoryStepKind } from './history-steps.ts';
import type { HistoryWorld } from './history-world.ts';
import type { HistoryChange } from './mailbox-hands.ts';

const CATEGORIES = ['Blue category', 'Kunde', '重要', 'Tax 2025'];
const LAST_SEED = 999_999_999;

/** Chooses a step about messages; `undefined` if there is none that it fits. */
export function chooseMessageStep(
  dice: SeededRandomness,
  world: HistoryWorld,
  kind: Exclude<
    HistoryStepKind,
    'create-folder' | 'delete-folder' | 'expire-cursors' | 'move-folder' | 'rename-folder'
  >,
): HistoryStep | undefined {
  const { homes, messages, drafts, failing } = world;
  if (homes.length === 0) return undefined;
  const letter = (): number => dice.integer(0, LAST_SEED);
  switch (kind) {
    case 'add-draft':
    case 'add-message':
      return { kind, folder: dice.pick(homes), letter: letter() };
    case 'deliver-twice': {
      const first = dice.pick(homes);
      return { kind, folders: [first, dice.fraction() < 0.5 ? first : dice.pick(homes)], letter: letter() };
    }
    case 'edit-draft':
      return drafts.length === 0 ? undefined : { kind, message: dice.pick(drafts).id, change: changedContent(dice) };
    case 'heal-message':
      return failing.length === 0 ? undefined : { kind, message: dice.pick(failing) };
    case 'fail-message': {
      const well = messages.filter(({ id }) => !failing.includes(id));
      return well.length === 0 ? undefined : { kind, message: dice.pick(well).id };
    }
    case 'change-message':
      return messages.length === 0 ? undefined : { kind, message: dice.pick(messages).id, change: changedFlags(dice) };
    case 'delete-message':
      return messages.length === 0 ? undefined : { kind, message: dice.pick(messages).id };
    case 'move-and-change':
    case 'move-message':
    case 'move-there-and-back':
      return chooseMove(dice, world, kind);
  }
}

function chooseMove(
  dice: SeededRandomness,
  world: HistoryWorld,
  kind: 'move-and-change' | 'move-message' | 'move-there-and-back',
): HistoryStep | undefined {
  const { homes, messages } = world;
  if (messages.length === 0 || homes.length < 2) return undefined;
  const { id: message, folderId, isDraft } = dice.pick(messages);
  const from: FolderReference = world.folder(folderId);
  const to = dice.pick(homes.filter(({ id }) => id !== folderId));
  if (kind === 'move-message') return { kind, message, from, to };
  const change = isDraft === true && dice.fraction() < 0.5 ? changedContent(dice) : changedFlags(dice);
  if (kind === 'move-and-change') return { kind, message, from, to, change };
  return { kind, message, home: from, over: to, ...(dice.fraction() < 0.3 && { change }) };
}

/** New values of what changes without the content. */
function changedFlags(dice: SeededRandomness): HistoryChange {
  switch (dice.integer(0, 3)) {
    case 0:
      return { isRead: true };
    case 1:
      return { isRead: false };
    case 2:
      return { flag: { flagStatus: dice.pick(['flagged', 'complete', 'notFlagged'] as const) } };
    default:
      return { categories: dice.shuffle(CATEGORIES).slice(0, dice.integer(0, 2)) };
  }
}

/** New content; no two edits say the same. */
function changedContent(dice: SeededRandomness): HistoryChange {
  const number = dice.integer(0, LAST_SEED);
  const body = { contentType: 'text', content: `Thought over again, for the ${number}th time.\r\n` } as const;
  return dice.fraction() < 0.5 ? { body } : { subject: `Draft, version ${number}`, body };
}
