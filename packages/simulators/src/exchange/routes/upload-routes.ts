import { attachmentId } from '../present/present-attachment.ts';
import { toDateTime } from '../protocol/date-time.ts';
import type { Answer, ExchangeCall } from '../protocol/exchange-call.ts';
import { GraphFailure, itemNotFound } from '../protocol/graph-failure.ts';
import { GRAPH_ROOT, OUTLOOK_HOST } from '../protocol/real-hosts.ts';
import { SMALLEST_UPLOAD } from '../read/attachment-from-json.ts';
import type { ExchangeService } from '../server/exchange-service.ts';
import type { Mailbox } from '../store/mailbox.ts';
import type { StoredMessage } from '../store/stored-message.ts';
import { addAttachment, writeAttachments } from './attachment-routes.ts';
import type { MailboxHandler } from './mailbox-handler.ts';

const LARGEST_UPLOAD = 150 * 1024 * 1024;
const LARGEST_RANGE = 4 * 1024 * 1024;
const SESSION_LIFETIME_MS = 7 * 24 * 3600 * 1000;

interface AttachmentItemJson {
  readonly attachmentType?: 'file' | 'item' | 'reference' | null;
  readonly contentId?: string | null;
  readonly contentType?: string | null;
  readonly isInline?: boolean | null;
  readonly name?: string | null;
  readonly size?: number | null;
}

interface UploadSession {
  readonly mailbox: Mailbox;
  readonly message: StoredMessage;
  readonly item: AttachmentItemJson;
  readonly bytes: Uint8Array;
  readonly token: string;
  readonly expires: number;
  received: number;
}

/** The operations of upload sessions. */
export interface UploadRoutes {
  /** Opens a session; belongs to the mailbox. */
  readonly createUploadSession: MailboxHandler;
  /** The mailbox whose session a request is about, if there is such a session. */
  mailboxOf(call: ExchangeCall): Mailbox | undefined;
  /** Takes the next range. */
  putUploadRange(call: ExchangeCall): Promise<Answer>;
  /** Gives a session up. */
  cancelUploadSession(call: ExchangeCall): Answer;
}

/** Makes the operations of upload sessions (concepts/outlook-large-attachments). */
export function uploadRoutes(service: ExchangeService): UploadRoutes {
  const { clock, identifiers } = service;
  const sessions = new Map<string, UploadSession>();
  let count = 0;

  function sessionOf(call: ExchangeCall): UploadSession {
    if (call.request.headers['authorization'] !== undefined) {
      throw new GraphFailure(401, 'InvalidAuthenticationToken', 'Upload ranges carry no Authorization header.');
    }
    const session = sessions.get(call.parameters['session-id'] ?? '');
    if (session === undefined || session.expires <= clock.now()) throw itemNotFound();
    if (session.token !== call.query.get('authtoken')) {
      throw new GraphFailure(401, 'InvalidAuthenticationToken', 'The token of the upload address is invalid.');
    }
    return session;
  }

  /** Names are written in several ways, whatever the documentation says. */
  function rangeAnswer({ expires, received, token }: UploadSession): Readonly<Record<string, unknown>> {
    const casing = service.faults.uploadCasing ?? service.behaviour.uploadCasing;
    const ways = ['camel', 'documented', 'pascal'] as const;
    const way =
      casing === 'varied' ? ways[Math.floor(identifiers.fraction('casing', token, received) * ways.length)] : casing;
    return {
      [way === 'camel' ? 'expirationDateTime' : 'ExpirationDateTime']: toDateTime(expires),
      [way === 'pascal' ? 'NextExpectedRanges' : 'nextExpectedRanges']: [String(received)],
    };
  }

  return {
    mailboxOf: (call) => sessions.get(call.parameters['session-id'] ?? '')?.mailbox,

    createUploadSession(call, mailbox) {
      const message = service.message(mailbox, call.parameters['message-id'] ?? '');
      const { AttachmentItem: item } = call.json as { readonly AttachmentItem: AttachmentItemJson };
      const { attachmentType, name, size } = item;
      if (attachmentType !== 'file') {
        throw new GraphFailure(
          405,
          'ErrorAttachmentSessionIsSupportedOnlyForFileAttachments',
          'Attachment upload sessions are supported only for file attachments.',
        );
      }
      if (typeof name !== 'string' || name === '' || typeof size !== 'number') {
        throw new GraphFailure(400, 'ErrorInvalidProperty', "Required property 'name' or 'size' is missing.");
      }
      if (size < SMALLEST_UPLOAD) {
        throw new GraphFailure(
          400,
          'ErrorAttachmentSizeShouldNotBeLessThanMinimumSize',
          `Attachment size must be greater than or equal to the minimum size of ${SMALLEST_UPLOAD}.`,
        );
      }
      if (size > LARGEST_UPLOAD) {
        throw new GraphFailure(400, 'ErrorAttachmentSizeLimitExceeded', 'The attachment is larger than 150 MB.');
      }
      if (message.unsettledReads > 0) {
        message.unsettledReads--;
        throw itemNotFound();
      }
      count++;
      const id = identifiers.text(40, 'upload', count);
      const token = identifiers.text(43, 'upload token', count);
      const expires = clock.now() + SESSION_LIFETIME_MS;
      const bytes = new Uint8Array(size);
      sessions.set(id, { mailbox, message, item, bytes, token, expires, received: 0 });
      return {
        status: 201,
        json: {
          '@odata.context': `${GRAPH_ROOT}/$metadata#microsoft.graph.uploadSession`,
          uploadUrl: `https://${OUTLOOK_HOST}/api/v2.0/AttachmentSessions/${id}?authtoken=${token}`,
          expirationDateTime: toDateTime(expires),
          nextExpectedRanges: ['0-'],
        },
      };
    },

    async putUploadRange(call) {
      const session = sessionOf(call);
      const { mailbox, message, item, bytes } = session;
      const { body } = call.request;
      const [, first, last, total] =
        /^bytes (\d+)-(\d+)\/(\d+)$/.exec(call.request.headers['content-range'] ?? '') ?? [];
      const isWhole = Number(last) - Number(first) + 1 === body.length && Number(total) === bytes.length;
      if (first === undefined || !isWhole || body.length >= LARGEST_RANGE) {
        throw new GraphFailure(400, 'ErrorInvalidRequest', 'The Content-Range header does not fit the request.');
      }
      // [VERIFY] on a live tenant: what a range answers that is out of order, or was taken although its answer was lost
      // (416 or 400, and whether the range that is expected can be read out of it). The last range ends the session, so
      // that sending it again answers 404. The documentation has no request for the state of a session.
      if (Number(first) !== session.received) {
        throw new GraphFailure(416, 'ErrorInvalidRange', `The next expected range begins at ${session.received}.`);
      }
      // The session may outlive the message.
      service.message(mailbox, message.immutableId);
      return writeAttachments(service, message, () => {
        bytes.set(body, session.received);
        session.received += body.length;
        if (session.received < bytes.length) {
          return {
            status: 200,
            json: rangeAnswer(session),
          };
        }
        sessions.delete(call.parameters['session-id'] ?? '');
        const attachment = addAttachment(mailbox, message, {
          kind: 'file',
          name: item.name ?? '',
          contentType: item.contentType ?? 'application/octet-stream',
          isInline: item.isInline ?? false,
          contentId: item.contentId ?? undefined,
          bytes,
        });
        const owner = `Users('${mailbox.id}@${service.tenant}')/Messages('${message.mutableId}')`;
        const location = `https://${OUTLOOK_HOST}/api/v2.0/${owner}/Attachments('${attachmentId(message, attachment.number, 'mutable')}')`;
        return { status: 201, headers: { location } };
      });
    },

    cancelUploadSession(call) {
      sessionOf(call);
      sessions.delete(call.parameters['session-id'] ?? '');
      return { status: 204 };
    },
  };
}
