import { randomLetter } from '../random-letter/random-letter.ts';
import { seededRandomness } from '../seeded-randomness.ts';
import type { HistoryStep } from './history-steps.ts';
import type { MailboxHands } from './mailbox-hands.ts';

/** Options of {@link applyHistoryStep}. */
export interface ApplyHistoryStepOptions {
  /** Makes the letter of a seed. @defaultValue {@link randomLetter} */
  readonly letter?: ((seed: number) => Uint8Array) | undefined;
}

/**
 * Carries a step out. Resolves to the ids of the messages that it made.
 *
 * @example One step
 * ```ts
 * import { applyHistoryStep, historyStep, memoryMailbox, memoryMailboxHands, seededRandomness } from '@holdfast/testkit';
 *
 * const mailbox = memoryMailbox();
 * const hands = memoryMailboxHands(mailbox);
 * await hands.createFolder(['Inbox'], { isHidden: false });
 * const step = historyStep(seededRandomness(7), await hands.view());
 * const added = await applyHistoryStep(step, hands);
 * ```
 */
export async function applyHistoryStep(
  step: HistoryStep,
  hands: MailboxHands,
  { letter = (seed) => randomLetter(seededRandomness(seed)) }: ApplyHistoryStepOptions = {},
): Promise<readonly string[]> {
  switch (step.kind) {
    case 'add-draft': {
      const id = await hands.addMessage(step.folder.id, letter(step.letter));
      await hands.changeMessage(id, { isDraft: true });
      return [id];
    }
    case 'add-message':
      return [await hands.addMessage(step.folder.id, letter(step.letter))];
    case 'deliver-twice': {
      const bytes = letter(step.letter);
      const [first, second] = step.folders;
      return [await hands.addMessage(first.id, bytes), await hands.addMessage(second.id, bytes)];
    }
    case 'move-message':
      await hands.moveMessage(step.message, step.to.id);
      return [];
    case 'move-and-change':
      await hands.moveMessage(step.message, step.to.id);
      await hands.changeMessage(step.message, step.change);
      return [];
    case 'move-there-and-back':
      await hands.moveMessage(step.message, step.over.id);
      if (step.change !== undefined) await hands.changeMessage(step.message, step.change);
      await hands.moveMessage(step.message, step.home.id);
      return [];
    case 'change-message':
    case 'edit-draft':
      await hands.changeMessage(step.message, step.change);
      return [];
    case 'delete-message':
      await hands.deleteMessage(step.message);
      return [];
    case 'fail-message':
      await hands.failMessage(step.message);
      return [];
    case 'heal-message':
      await hands.healMessage(step.message);
      return [];
    case 'create-folder':
      await hands.createFolder(step.path, { isHidden: step.isHidden });
      return [];
    case 'rename-folder':
      await hands.renameFolder(step.folder.id, step.name);
      return [];
    case 'move-folder':
      await hands.moveFolder(step.folder.id, step.parent.id);
      return [];
    case 'delete-folder':
      await hands.deleteFolder(step.folder.id);
      return [];
    case 'expire-cursors':
      await hands.expireCursors(step.loss);
      return [];
  }
}
