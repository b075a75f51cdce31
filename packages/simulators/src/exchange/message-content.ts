/** An address as Microsoft Graph shows it (`emailAddress`). */
export interface EmailAddress {
  /** Display name; the address again where there is none. */
  readonly name: string;
  /** SMTP address; may be empty or malformed in real mail. */
  readonly address: string;
}

/** The body of a message or of an attached item (`itemBody`). */
export interface MessageBody {
  /** How `content` is to be read. */
  readonly contentType: 'text' | 'html';
  /** The text itself. */
  readonly content: string;
}

/** The follow-up flag of a message (`followupFlag`). */
export interface FollowupFlag {
  /** The state of the flag. */
  readonly flagStatus: 'notFlagged' | 'flagged' | 'complete';
}

/** An attached file (`fileAttachment`). */
export interface FileAttachmentContent {
  /** Discriminates the kinds of attachment. */
  readonly kind: 'file';
  /** File name as shown. */
  readonly name: string;
  /** MIME type. */
  readonly contentType: string;
  /** Whether the body shows it in place. */
  readonly isInline: boolean;
  /** Content-ID without angle brackets, if any. */
  readonly contentId: string | undefined;
  /** The bytes of the file. */
  readonly bytes: Uint8Array;
}

/** An attached message (`itemAttachment` with a message inside). */
export interface ItemAttachmentContent {
  /** Discriminates the kinds of attachment. */
  readonly kind: 'item';
  /** Name as shown; normally the subject of the message inside. */
  readonly name: string;
  /** Whether the body shows it in place. */
  readonly isInline: boolean;
  /** The attached message. */
  readonly item: MessageContent;
}

/**
 * A link to a file elsewhere (`referenceAttachment`). v1.0 shows neither where it leads nor any bytes, and creates none.
 */
export interface ReferenceAttachmentContent {
  /** Discriminates the kinds of attachment. */
  readonly kind: 'reference';
  /** Name as shown. */
  readonly name: string;
  /** Whether the body shows it in place. */
  readonly isInline: boolean;
}

/** An attachment as the simulator keeps it. */
export type AttachmentContent = FileAttachmentContent | ItemAttachmentContent | ReferenceAttachmentContent;

/** One transport header (`internetMessageHeader`). */
export interface MessageHeader {
  /** Field name, as written. */
  readonly name: string;
  /** Field value, unfolded. */
  readonly value: string;
}

/** Everything the simulator knows of a message beside its ids, its folder and its change key. */
export interface MessageContent {
  /** PidTagMessageClass (0x001A), for instance `IPM.Note` or `IPM.Note.SMIME`. */
  readonly messageClass: string;
  /** The MIME as it was delivered, byte for byte; absent for a message that was created by JSON. */
  readonly mime: Uint8Array | undefined;
  /** Subject; may be empty. */
  readonly subject: string;
  /** Body as the service would show it. */
  readonly body: MessageBody;
  /** Author; absent in a draft that never had one. */
  readonly from: EmailAddress | undefined;
  /** Who sent it in the author's name; equals `from` normally. */
  readonly sender: EmailAddress | undefined;
  /** To. */
  readonly toRecipients: readonly EmailAddress[];
  /** Cc. */
  readonly ccRecipients: readonly EmailAddress[];
  /** Bcc. */
  readonly bccRecipients: readonly EmailAddress[];
  /** Reply-To. */
  readonly replyTo: readonly EmailAddress[];
  /** Message-ID with angle brackets. */
  readonly internetMessageId: string;
  /** Transport headers in the order of the message; empty for drafts. */
  readonly internetMessageHeaders: readonly MessageHeader[];
  /** When it was submitted, milliseconds since 1970 (PidTagClientSubmitTime, 0x0039). */
  readonly sentTime: number;
  /** When it was delivered, milliseconds since 1970 (PidTagMessageDeliveryTime, 0x0E06). */
  readonly receivedTime: number;
  /** Importance. */
  readonly importance: 'low' | 'normal' | 'high';
  /** Read state. */
  readonly isRead: boolean;
  /** Whether mfUnsent is set in PidTagMessageFlags (0x0E07). */
  readonly isDraft: boolean;
  /** Follow-up flag. */
  readonly flag: FollowupFlag;
  /** Names of categories. */
  readonly categories: readonly string[];
  /** Attachments in order. */
  readonly attachments: readonly AttachmentContent[];
}
