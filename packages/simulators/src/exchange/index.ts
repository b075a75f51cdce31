/**
 * An Exchange Online on loopback: the token endpoint and the part of Microsoft Graph v1.0 that a backup of mail uses,
 * for tests and demonstrations without an account.
 *
 * @packageDocumentation
 */
export { exchangeFetch } from './exchange-fetch.ts';
export { composeMime } from './mime/compose-mime.ts';
export { deliverMime } from './mime/deliver-mime.ts';
export { planDemoChanges } from './demo/demo-changes.ts';
export { demoMailbox } from './demo/demo-mailbox.ts';
export { DescriptionViolatedError } from './server/violation-log.ts';
export { startExchange } from './start-exchange.ts';

export type {
  AnswerHtmlOptions,
  CutPagesOptions,
  ExchangeControl,
  ExpireDeltaTokensOptions,
  FolderLocation,
  FolderState,
  MessageState,
  MimeRefusal,
  ResetConnectionsOptions,
  UnsettleMessagesOptions,
} from './control/exchange-control.ts';
export type {
  DemoAddition,
  DemoCategorising,
  DemoChange,
  DemoChangesOptions,
  DemoDeletion,
  DemoDraftEdit,
  DemoFlagging,
  DemoItem,
  DemoMove,
  DemoReading,
} from './demo/demo-changes.ts';
export type { DemoFolder } from './demo/demo-folders.ts';
export type { DemoMailboxOptions, DemoMessage } from './demo/demo-mailbox.ts';
export type { EmlFile, MailboxSetup, StartExchangeOptions } from './exchange-options.ts';
export type {
  AttachmentContent,
  EmailAddress,
  FileAttachmentContent,
  FollowupFlag,
  ItemAttachmentContent,
  MessageBody,
  MessageContent,
  MessageHeader,
  ReferenceAttachmentContent,
} from './message-content.ts';
export type { DeliverMimeOptions } from './mime/deliver-mime.ts';
export type { ItemFault, ItemFaultPart, ThrottleFault, UploadCasing } from './server/faults.ts';
export type { FaultName, LoggedRequest, RequestKind, RequestLog } from './server/request-log.ts';
export type { RequestListener, RequestNotice } from './server/request-notices.ts';
export type { Violation, ViolationLog } from './server/violation-log.ts';
export type { Weather } from './server/weather.ts';
export type { Exchange, ExchangeCredentials } from './start-exchange.ts';
