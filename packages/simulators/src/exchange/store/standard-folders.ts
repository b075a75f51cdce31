/** A folder that every mailbox has from its beginning. */
export interface StandardFolder {
  /** Name as shown, in English. */
  readonly displayName: string;
  /** Name in `/mailFolders/{name}`. */
  readonly wellKnownName?: string | undefined;
  /** Well-known name of the folder above. */
  readonly parent: string;
  /** Whether it is hidden. */
  readonly isHidden?: boolean | undefined;
  /** Whether it is a search folder. */
  readonly isSearch?: boolean | undefined;
}

/** The roots: the visible tree, and places that no list shows. */
export const ROOT_FOLDERS: readonly { readonly wellKnownName: string; readonly displayName: string }[] = [
  { wellKnownName: 'msgfolderroot', displayName: 'Top of Information Store' },
  { wellKnownName: 'recoverableitemsroot', displayName: 'Recoverable Items' },
  { wellKnownName: 'searchfolders', displayName: 'Finder' },
];

/** What is below the roots of a new mailbox. */
export const STANDARD_FOLDERS: readonly StandardFolder[] = [
  { displayName: 'Archive', wellKnownName: 'archive', parent: 'msgfolderroot' },
  { displayName: 'Conversation History', wellKnownName: 'conversationhistory', parent: 'msgfolderroot' },
  { displayName: 'Deleted Items', wellKnownName: 'deleteditems', parent: 'msgfolderroot' },
  { displayName: 'Drafts', wellKnownName: 'drafts', parent: 'msgfolderroot' },
  { displayName: 'Inbox', wellKnownName: 'inbox', parent: 'msgfolderroot' },
  { displayName: 'Junk Email', wellKnownName: 'junkemail', parent: 'msgfolderroot' },
  { displayName: 'Outbox', wellKnownName: 'outbox', parent: 'msgfolderroot' },
  { displayName: 'Sent Items', wellKnownName: 'sentitems', parent: 'msgfolderroot' },
  { displayName: 'Team Chat', parent: 'conversationhistory', isHidden: true },
  { displayName: 'ExternalContacts', parent: 'msgfolderroot', isHidden: true },
  { displayName: 'Unread Mail', parent: 'msgfolderroot', isSearch: true },
  { displayName: 'Deletions', wellKnownName: 'recoverableitemsdeletions', parent: 'recoverableitemsroot' },
  { displayName: 'Purges', parent: 'recoverableitemsroot' },
  { displayName: 'Versions', parent: 'recoverableitemsroot' },
];

/** Every name that the service knows in `/mailFolders/{name}`; a mailbox need not have the folder. */
export const WELL_KNOWN_NAMES: ReadonlySet<string> = new Set([
  'archive',
  'clutter',
  'conflicts',
  'conversationhistory',
  'deleteditems',
  'drafts',
  'inbox',
  'junkemail',
  'localfailures',
  'msgfolderroot',
  'outbox',
  'recoverableitemsdeletions',
  'recoverableitemsroot',
  'scheduled',
  'searchfolders',
  'sentitems',
  'serverfailures',
  'syncissues',
]);
