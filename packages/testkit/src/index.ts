/**
 * For tests of Holdfast and of its plugins: the promises of a destination as checks that can be run anywhere, time that
 * moves on demand, randomness that can be repeated, a mailbox in memory, random histories of
 * mailboxes, processes that are killed, and a storage and a network in which everything goes wrong that is ordered.
 *
 * @packageDocumentation
 */
export { destinationChecks } from './destination-checks/destination-checks.ts';
export { hostileNames } from './destination-checks/hostile-names.ts';
export { testDestination } from './destination-checks/test-destination.ts';
export { validateDestination } from './destination-checks/validate-destination.ts';
export { deathAtWrite } from './faulty-destination/death-at-write.ts';
export { faultsInTurn } from './faulty-destination/faults-in-turn.ts';
export { faultyDestination } from './faulty-destination/faulty-destination.ts';
export { randomFaults } from './faulty-destination/random-faults.ts';
export { randomKillMoment } from './killable-process/kill-moment.ts';
export { startProcess } from './killable-process/start-process.ts';
export { applyHistoryStep } from './mailbox-history/apply-history-step.ts';
export { describeStep } from './mailbox-history/describe-step.ts';
export { historyStep, historyWeights } from './mailbox-history/history-step.ts';
export { mailboxHands } from './mailbox-history/mailbox-control-hands.ts';
export { memoryMailboxHands } from './mailbox-history/memory-mailbox-hands.ts';
export { playHistory } from './mailbox-history/play-history.ts';
export { randomLetter } from './random-letter/random-letter.ts';
export { memoryMailbox } from './memory-mailbox.ts';
export { seededRandomness } from './seeded-randomness.ts';
export { randomProxyFaults } from './tcp-proxy/random-proxy-faults.ts';
export { startTcpProxy } from './tcp-proxy/tcp-proxy.ts';
export { virtualClock } from './virtual-clock.ts';

export type { DestinationCheckOptions, ResolvedDestinationCheckOptions } from './destination-checks/check-options.ts';
export type {
  DestinationCheck,
  DestinationCheckContext,
  DestinationRequirements,
} from './destination-checks/destination-check.ts';
export type { HostileName } from './destination-checks/hostile-names.ts';
export type { TestRunner } from './destination-checks/test-destination.ts';
export type {
  DestinationCheckResult,
  DestinationVerdict,
  ValidateDestinationOptions,
} from './destination-checks/validate-destination.ts';
export type { DeathAtWriteOptions } from './faulty-destination/death-at-write.ts';
export type {
  DestinationCall,
  DestinationCallKind,
  DestinationCallRecord,
  DestinationFault,
  DestinationFaults,
  DestinationLag,
  DestinationSlowness,
  FaultChoice,
} from './faulty-destination/destination-faults.ts';
export type { FaultyDestination, FaultyDestinationOptions } from './faulty-destination/faulty-destination.ts';
export type { RandomFaultRates } from './faulty-destination/random-faults.ts';
export type { KillMoment, KillSpan } from './killable-process/kill-moment.ts';
export type { KillableProcess, ProcessOutcome, StartProcessOptions } from './killable-process/start-process.ts';
export type { ApplyHistoryStepOptions } from './mailbox-history/apply-history-step.ts';
export type { HistoryStepOptions, HistoryWeights } from './mailbox-history/history-step.ts';
export type {
  AddMessageStep,
  ChangeMessageStep,
  CreateFolderStep,
  DeleteFolderStep,
  DeliverTwiceStep,
  ExpireCursorsStep,
  FolderReference,
  HistoryStep,
  HistoryStepKind,
  MessageStep,
  MoveAndChangeStep,
  MoveFolderStep,
  MoveMessageStep,
  MoveThereAndBackStep,
  RenameFolderStep,
} from './mailbox-history/history-steps.ts';
export type {
  ControlledContent,
  ControlledMessage,
  MailboxControl,
  MailboxHandsOptions,
  MessageFault,
} from './mailbox-history/mailbox-control-hands.ts';
export type {
  CursorLoss,
  HistoryBody,
  HistoryChange,
  HistoryFlag,
  HistoryFolder,
  HistoryMessage,
  MailboxHands,
  MailboxView,
} from './mailbox-history/mailbox-hands.ts';
export type { PlayHistoryOptions } from './mailbox-history/play-history.ts';
export type { LetterShape, RandomLetterOptions } from './random-letter/random-letter.ts';
export type { MemoryItem, MemoryMailbox, MemoryMailboxCounts, MemoryMailboxOptions } from './memory-mailbox.ts';
export type { SeededRandomness } from './seeded-randomness.ts';
export type {
  ProxiedRequest,
  ProxiedRequestRecord,
  ProxyFault,
  ProxyFaultChoice,
  ProxyFaults,
} from './tcp-proxy/proxy-faults.ts';
export type { RandomProxyFaultRates } from './tcp-proxy/random-proxy-faults.ts';
export type { ProxyTarget, TcpProxy, TcpProxyOptions } from './tcp-proxy/tcp-proxy.ts';
export type { VirtualClock, VirtualClockOptions } from './virtual-clock.ts';
