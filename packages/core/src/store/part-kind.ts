/** How a part is stored. */
export interface PartKind {
  /** Whether it is a message: header, text and what is in base64 are stored apart. */
  readonly mime: boolean;
  /** Pieces shorter than this are grouped with others. */
  readonly grouped: number;
}

/** Shorter pieces of metadata and text compress better in a group, and cost no record in the index. */
const GROUPED = 16 * 1024;
/** Attachments shorter than this are not decoded in messages either, so they would never be found equal. */
const GROUPED_ATTACHMENT = 1024;

/** Tells from its name how a part is stored. */
export function partKind(name: string): PartKind {
  const mime = /\.eml$/i.test(name);
  return { mime, grouped: name.startsWith('attachment/') && !mime ? GROUPED_ATTACHMENT : GROUPED };
}
