import type { SeededRandomness } from '../seeded-randomness.ts';
import { applyHistoryStep } from './apply-history-step.ts';
import type { ApplyHistoryStepOptions } from './apply-history-step.ts';
import { historyStep } from './history-step.ts';
import type { HistoryStepOptions } from './history-step.ts';
import type { HistoryStep } from './history-steps.ts';
import type { MailboxHands } from './mailbox-hands.ts';

/** Options of {@link playHistory}. */
export interface PlayHistoryOptions extends HistoryStepOptions, ApplyHistoryStepOptions {
  /** How many steps. */
  readonly steps: number;
}

/**
 * Lets so many things happen to a mailbox, one after the other; yields each when it has happened. What happens goes on only
 * while the steps are asked for.
 *
 * @example A year of somebody's mail, to be read when a test fails
 * ```ts
 * import { describeStep, memoryMailbox, memoryMailboxHands, playHistory, seededRandomness } from '@holdfast/testkit';
 *
 * const hands = memoryMailboxHands(memoryMailbox());
 * await hands.createFolder(['Inbox'], { isHidden: false });
 * const lines: string[] = [];
 * for await (const step of playHistory(hands, seededRandomness(7), { steps: 20 })) lines.push(describeStep(step));
 * ```
 */
export async function* playHistory(
  hands: MailboxHands,
  dice: SeededRandomness,
  { steps, weights, letter }: PlayHistoryOptions,
): AsyncGenerator<HistoryStep, void, void> {
  for (let count = 0; count < steps; count += 1) {
    const step = historyStep(dice, await hands.view(), { weights });
    await applyHistoryStep(step, hands, { letter });
    yield step;
  }
}
