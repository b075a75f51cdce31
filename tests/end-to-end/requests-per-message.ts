import { letter } from './letters.ts';
import { ADA, startWorld } from './world.ts';

/** What the first backup of one folder costs, as the simulator counted it, everything included from signing in on. */
export interface RequestsPerMessage {
  readonly messages: number;
  /** Items in the snapshot. */
  readonly items: number;
  readonly requests: number;
  readonly perMessage: number;
  /** Requests of each kind, for people. */
  readonly kinds: string;
}

/** Fills a folder, backs the mailbox up for the first time, and counts. */
export async function requestsPerMessage(messages = 2000): Promise<RequestsPerMessage> {
  const world = await startWorld();
  const { control, exchange, repository, ada } = world;
  for (let i = 0; i < messages; i += 1) await control.addMessage(ADA, 'inbox', letter(i));
  // Not reset: signing in and finding the two mailboxes count too.
  const report = await repository.backup(ada);
  const { total, counts } = exchange.requests;
  const kinds = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${kind} ${count}`)
    .join(', ');
  await world[Symbol.asyncDispose]();
  return { messages, items: report.snapshot.statistics.items, requests: total, perMessage: total / messages, kinds };
}
