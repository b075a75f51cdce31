import type { JsonObject } from '@holdfast/contracts';

/** An attached file, ready to be written. */
export interface FileToAttach {
  /** Discriminates the kinds. */
  readonly kind: 'file';
  /** Name as shown. */
  readonly name: string;
  /** Media type. */
  readonly contentType: string;
  /** Whether the body shows it in place. */
  readonly isInline: boolean;
  /** Content-ID without angle brackets, if any. */
  readonly contentId: string | undefined;
  /** The file. */
  readonly bytes: Uint8Array;
}

/** An attached message, ready to be written. */
export interface ItemToAttach {
  /** Discriminates the kinds. */
  readonly kind: 'item';
  /** Name as shown; normally the subject of the message. */
  readonly name: string;
  /** Whether the body shows it in place. */
  readonly isInline: boolean;
  /** The message with the property names of Graph, its own attachments not included. */
  readonly message: JsonObject;
  /** Its own attachments. */
  readonly attachments: readonly AttachmentToRestore[];
}

/** An attachment that cannot be written, because it was not read or because no request can create its kind. */
export interface LostAttachment {
  /** Discriminates the kinds. */
  readonly kind: 'lost';
  /** Why. */
  readonly reason: string;
}

/** An attachment of a message that is restored. */
export type AttachmentToRestore = FileToAttach | ItemToAttach | LostAttachment;
