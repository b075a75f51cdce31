/**
 * Exchange Online through Microsoft Graph as a source of backups and a target of restores.
 *
 * @packageDocumentation
 */
export { exchangeOnline } from './exchange-online.ts';

export type { Cloud } from './cloud.ts';
export type { ExchangeMailbox } from './exchange-mailbox.ts';
export type { ExchangeOnline } from './exchange-online.ts';
export type {
  CertificateCredentials,
  ExchangeCredentials,
  ExchangeOnlineOptions,
  SecretCredentials,
} from './exchange-options.ts';
export type { RequestCounters, RequestEvent, RequestKind, RetryCause, RetryEvent } from './request-counters.ts';
