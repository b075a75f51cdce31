import type { Answer, ExchangeCall } from '../protocol/exchange-call.ts';
import type { Mailbox } from '../store/mailbox.ts';

/** The code of an operation on a mailbox. */
export type MailboxHandler = (call: ExchangeCall, mailbox: Mailbox) => Answer | Promise<Answer>;
