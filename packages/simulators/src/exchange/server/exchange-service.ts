import type { Clock } from '@holdfast/contracts';

import type { TokenStore } from '../login/token-store.ts';
import { messagePresenter } from '../present/present-message.ts';
import type { MessagePresenter } from '../present/present-message.ts';
import { GraphFailure, itemNotFound, malformedId } from '../protocol/graph-failure.ts';
import type { Folder } from '../store/folder.ts';
import { isWellFormedId } from '../store/identifiers.ts';
import type { Identifiers } from '../store/identifiers.ts';
import type { Mailbox } from '../store/mailbox.ts';
import { WELL_KNOWN_NAMES } from '../store/standard-folders.ts';
import type { StoredMessage } from '../store/stored-message.ts';
import type { Faults, ItemFaultPart, UploadCasing } from './faults.ts';
import { createMailboxLimits } from './mailbox-limits.ts';
import type { MailboxLimits } from './mailbox-limits.ts';
import type { RequestNotices } from './request-notices.ts';
import type { RequestRecorder } from './request-log.ts';
import type { ViolationRecorder } from './violation-log.ts';

/** How the service behaves where the real one cannot be foreseen. */
export interface ServiceBehaviour {
  /** Links of one sync state that stay valid behind the newest. */
  readonly deltaGenerations: number;
  /** Share of items that a page of changes shows twice. */
  readonly replayRate: number;
  /** Share of new messages whose attachments cannot be written at once. */
  readonly settleRate: number;
  /** Share of writes to messages that conflict. */
  readonly conflictRate: number;
  /** How names are written in the answers to upload ranges. */
  readonly uploadCasing: UploadCasing;
  /** Whether a move away and back hides a message from change tracking with immutable ids. */
  readonly immutableIdHole: boolean;
  /** How many attachments of a message can be had expanded in one answer. */
  readonly expandableAttachments: number;
  /** How long every request takes at least, in milliseconds. */
  readonly latencyMs: number;
}

/** Everything that the code of operations works with. */
export interface ExchangeService {
  /** Time. */
  readonly clock: Clock;
  /** Where ids come from. */
  readonly identifiers: Identifiers;
  /** Id of the tenant. */
  readonly tenant: string;
  /** Behaviour. */
  readonly behaviour: ServiceBehaviour;
  /** Mailboxes by address in small letters. */
  readonly mailboxes: ReadonlyMap<string, Mailbox>;
  /** Access tokens. */
  readonly tokens: TokenStore;
  /** What goes wrong on purpose. */
  readonly faults: Faults;
  /** Who wants to be told of requests. */
  readonly notices: RequestNotices;
  /** What was asked. */
  readonly requests: RequestRecorder;
  /** What was outside of the description. */
  readonly violations: ViolationRecorder;
  /** The user of an id or address, whether or not the mailbox can be used. */
  findUser(idOrAddress: string): Mailbox | undefined;
  /** The mailbox of an id or address. Throws what the service answers if it cannot be used. */
  mailbox(idOrAddress: string): Mailbox;
  /** The limits of a mailbox. */
  limits(mailbox: Mailbox): MailboxLimits;
  /** What shows the messages of a mailbox. */
  presenter(mailbox: Mailbox): MessagePresenter;
  /** A folder by id or well-known name. Throws what the service answers if there is none. */
  folder(mailbox: Mailbox, idOrName: string): Folder;
  /** A message by id, and in a folder if one is given. Throws what the service answers if there is none. */
  message(mailbox: Mailbox, id: string, folder?: Folder): StoredMessage;
  /** Throws if the message is to fail in this kind of request. */
  checkFault(message: StoredMessage, part: ItemFaultPart): void;
  /** Throws if the message has more attachments than one answer can hold expanded. */
  checkExpansion(message: StoredMessage): void;
  /** A message as an entry of a list: what shows it, without an id if that was ordered. */
  entry(message: StoredMessage, shown: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>;
}

/** The parts that a service is made of. */
export type ServiceParts = Pick<
  ExchangeService,
  | 'behaviour'
  | 'clock'
  | 'faults'
  | 'identifiers'
  | 'mailboxes'
  | 'notices'
  | 'requests'
  | 'tenant'
  | 'tokens'
  | 'violations'
>;

/** Puts a service together. */
export function createExchangeService(parts: ServiceParts): ExchangeService {
  const limits = new Map<Mailbox, MailboxLimits>();
  const presenters = new Map<Mailbox, MessagePresenter>();
  const byId = new Map([...parts.mailboxes.values()].map((mailbox) => [mailbox.id, mailbox]));
  const findUser = (idOrAddress: string): Mailbox | undefined =>
    parts.mailboxes.get(idOrAddress.toLowerCase()) ?? byId.get(idOrAddress.toLowerCase());

  return {
    ...parts,
    findUser,

    mailbox(idOrAddress) {
      const mailbox = findUser(idOrAddress);
      if (mailbox === undefined) {
        throw new GraphFailure(404, 'ErrorInvalidUser', `The requested user '${idOrAddress}' is invalid.`);
      }
      if (mailbox.state === 'inactive') {
        throw new GraphFailure(
          404,
          'MailboxNotEnabledForRESTAPI',
          'The mailbox is either inactive, soft-deleted, or is hosted on-premise.',
        );
      }
      if (mailbox.denied) {
        throw new GraphFailure(403, 'ErrorAccessDenied', 'Access is denied. Check credentials and try again.');
      }
      return mailbox;
    },

    limits(mailbox) {
      const known = limits.get(mailbox) ?? createMailboxLimits(() => parts.clock.now());
      limits.set(mailbox, known);
      return known;
    },

    presenter(mailbox) {
      const known = presenters.get(mailbox) ?? messagePresenter(mailbox, parts.identifiers);
      presenters.set(mailbox, known);
      return known;
    },

    folder(mailbox, idOrName) {
      const folder = mailbox.tree.find(idOrName);
      if (folder !== undefined) return folder;
      if (WELL_KNOWN_NAMES.has(idOrName.toLowerCase()) || isWellFormedId(idOrName)) throw itemNotFound();
      throw malformedId();
    },

    message(mailbox, id, folder) {
      const message = mailbox.findMessage(id);
      if (message === undefined) throw isWellFormedId(id) ? itemNotFound() : malformedId();
      if (folder !== undefined && message.folder !== folder) throw itemNotFound();
      return message;
    },

    checkExpansion({ attachments }) {
      if (attachments.length <= parts.behaviour.expandableAttachments) return;
      throw new GraphFailure(503, 'ServiceUnavailable', 'The service is unavailable.', { empty: true });
    },

    entry(message, shown) {
      if (!parts.faults.withoutId.has(message.immutableId)) return shown;
      const { id: _, ...rest } = shown;
      return rest;
    },

    checkFault(message, part) {
      const entry = parts.faults.items.get(message.immutableId);
      if (entry === undefined || entry.left <= 0) return;
      const { status = 500, code, parts: failing = ['mime', 'properties', 'attachments'] } = entry.order;
      if (!failing.includes(part)) return;
      entry.left--;
      throw new GraphFailure(status, code, 'The item cannot be read.');
    },
  };
}
