import type { GraphRequest } from './graph-client.ts';

const ADA = '/users/ada@example.org';
const UNKNOWN = 'A'.repeat(60);
const FILE = '#microsoft.graph.fileAttachment';
const ITEM = '#microsoft.graph.itemAttachment';

/** Whether the description knows the request; one that it does not know is noted as a violation too. */
export type Described = 'described' | 'undescribed';

/** A request that the service refuses, and how. */
export interface Refusal {
  readonly what: string;
  readonly path: string;
  readonly request?: GraphRequest;
  readonly status: number;
  readonly code: string;
  readonly is?: Described;
}

const post = (json: unknown): GraphRequest => ({ method: 'POST', json });
const patch = (json: unknown): GraphRequest => ({ method: 'PATCH', json });
const text = (body: string): GraphRequest => ({ method: 'POST', body, headers: { 'content-type': 'text/plain' } });

/** In paths: `{mail}` is a delivered message, `{secret}` an opaque S/MIME, `{projects}` a folder of the user. */
export const REFUSALS: readonly Refusal[] = [
  { what: 'an unknown user', path: '/users/nobody@example.org', status: 404, code: 'Request_ResourceNotFound' },
  { what: 'a mailbox of nobody', path: '/users/nobody@example.org/mailFolders', status: 404, code: 'ErrorInvalidUser' },
  {
    what: 'an inactive mailbox',
    path: '/users/old@example.org/mailFolders',
    status: 404,
    code: 'MailboxNotEnabledForRESTAPI',
  },
  { what: 'a folder that is not there', path: `${ADA}/mailFolders/${UNKNOWN}`, status: 404, code: 'ErrorItemNotFound' },
  {
    what: 'a well-known folder that the mailbox lacks',
    path: `${ADA}/mailFolders/clutter`,
    status: 404,
    code: 'ErrorItemNotFound',
  },
  {
    what: 'a folder named by a text that is no id',
    path: `${ADA}/mailFolders/projects`,
    status: 400,
    code: 'ErrorInvalidIdMalformed',
  },
  { what: 'a message that is not there', path: `${ADA}/messages/${UNKNOWN}`, status: 404, code: 'ErrorItemNotFound' },
  { what: 'a malformed id', path: `${ADA}/messages/5`, status: 400, code: 'ErrorInvalidIdMalformed' },
  {
    what: 'a message in another folder',
    path: `${ADA}/mailFolders/drafts/messages/{mail}`,
    status: 404,
    code: 'ErrorItemNotFound',
  },
  { what: 'beta', path: 'https://graph.microsoft.com/beta/users', status: 400, code: 'BadRequest', is: 'undescribed' },
  { what: 'an unknown path', path: `${ADA}/photo`, status: 400, code: 'BadRequest', is: 'undescribed' },
  {
    what: 'an unknown method',
    path: ADA,
    request: { method: 'DELETE' },
    status: 405,
    code: 'Request_BadRequest',
    is: 'undescribed',
  },
  { what: 'an unknown query option', path: `${ADA}?$foo=1`, status: 400, code: 'BadRequest', is: 'undescribed' },
  {
    what: 'an option that is no number',
    path: `${ADA}/messages?$top=many`,
    status: 400,
    code: 'BadRequest',
    is: 'undescribed',
  },
  { what: '$top over 1000', path: `${ADA}/messages?$top=1001`, status: 400, code: 'BadRequest' },
  { what: 'a search', path: `${ADA}/messages?$search=x`, status: 501, code: 'NotImplemented' },
  {
    what: 'a filter it cannot read',
    path: `${ADA}/messages?$filter=contains(subject,'x')`,
    status: 400,
    code: 'ErrorInvalidUrlQueryFilter',
  },
  {
    what: 'an order it cannot read',
    path: `${ADA}/messages?$orderby=body`,
    status: 400,
    code: 'ErrorInvalidUrlQuery',
  },
  {
    what: '@removed in $select',
    path: `${ADA}/mailFolders/inbox/messages/delta?$select=id,@removed`,
    status: 400,
    code: 'RequestBroker--ParseUri',
  },
  {
    what: 'wellKnownName, which v1.0 lacks',
    path: `${ADA}/mailFolders?$select=wellKnownName`,
    status: 400,
    code: 'RequestBroker--ParseUri',
  },
  {
    what: 'an unknown property of a user',
    path: `${ADA}?$select=shoeSize`,
    status: 400,
    code: 'RequestBroker--ParseUri',
  },
  {
    what: 'an unbalanced $expand',
    path: `${ADA}/messages/{mail}?$expand=attachments(`,
    status: 400,
    code: 'RequestBroker--ParseUri',
  },
  {
    what: 'an unknown navigation',
    path: `${ADA}/messages/{mail}?$expand=extensions`,
    status: 400,
    code: 'RequestBroker--ParseUri',
  },
  {
    what: 'extended properties without a filter',
    path: `${ADA}/messages/{mail}?$expand=singleValueExtendedProperties`,
    status: 400,
    code: 'ErrorInvalidUrlQueryFilter',
  },
  {
    what: 'contentBytes on the base type',
    path: `${ADA}/messages/{mail}/attachments?$select=contentBytes`,
    status: 400,
    code: 'RequestBroker--ParseUri',
  },
  { what: 'change tracking of a user', path: `${ADA}/messages/delta`, status: 400, code: 'ErrorInvalidRequest' },
  {
    what: 'a search in change tracking',
    path: `${ADA}/mailFolders/inbox/messages/delta?$search=x`,
    status: 400,
    code: 'ErrorInvalidUrlQuery',
  },
  {
    what: 'a filter other than on the received time',
    path: `${ADA}/mailFolders/inbox/messages/delta?$filter=isRead eq true`,
    status: 400,
    code: 'ErrorInvalidUrlQueryFilter',
  },
  {
    what: '$top in change tracking of folders',
    path: `${ADA}/mailFolders/delta?$top=5`,
    status: 400,
    code: 'ErrorInvalidUrlQuery',
  },
  {
    what: 'a token it did not write',
    path: `${ADA}/mailFolders/inbox/messages/delta?$deltatoken=AAAAAAAAAAAAAAAAAAAA`,
    status: 400,
    code: 'SyncStateInvalid',
  },
  {
    what: 'change tracking of a folder that is gone',
    path: `${ADA}/mailFolders/${UNKNOWN}/messages/delta?$deltatoken=x`,
    status: 404,
    code: 'ErrorSyncFolderNotFound',
  },
  {
    what: 'the folder form of $value',
    path: `${ADA}/mailFolders/inbox/messages/{mail}/$value`,
    status: 405,
    code: 'ErrorInvalidRequest',
  },
  {
    what: 'the MIME of opaque S/MIME',
    path: `${ADA}/messages/{secret}/$value`,
    status: 500,
    code: 'ErrorMimeContentConversionFailed',
  },
  {
    what: 'an attachment that is not there',
    path: `${ADA}/messages/{mail}/attachments/${UNKNOWN}`,
    status: 404,
    code: 'ErrorItemNotFound',
  },
  {
    what: 'a folder that exists',
    path: `${ADA}/mailFolders`,
    request: post({ displayName: 'PROJECTS' }),
    status: 409,
    code: 'ErrorFolderExists',
  },
  {
    what: 'a folder without a name',
    path: `${ADA}/mailFolders`,
    request: post({}),
    status: 400,
    code: 'ErrorInvalidProperty',
  },
  {
    what: 'hiding a folder later',
    path: `${ADA}/mailFolders/{projects}`,
    request: patch({ isHidden: true }),
    status: 400,
    code: 'ErrorInvalidPropertySet',
  },
  {
    what: 'deleting the inbox',
    path: `${ADA}/mailFolders/inbox`,
    request: { method: 'DELETE' },
    status: 403,
    code: 'ErrorDeleteDistinguishedFolder',
  },
  {
    what: 'a folder moved into itself',
    path: `${ADA}/mailFolders/{projects}/move`,
    request: post({ destinationId: '{projects}' }),
    status: 400,
    code: 'ErrorMoveCopyFailed',
  },
  {
    what: 'base64 that is none',
    path: `${ADA}/messages`,
    request: text('no base64!'),
    status: 400,
    code: 'ErrorMimeContentInvalidBase64String',
  },
  {
    what: 'a body of another type',
    path: `${ADA}/messages`,
    request: { method: 'POST', body: 'x', headers: { 'content-type': 'message/rfc822' } },
    status: 400,
    code: 'BadRequest',
    is: 'undescribed',
  },
  {
    what: 'JSON that is none',
    path: `${ADA}/messages`,
    request: { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } },
    status: 400,
    code: 'BadRequest',
    is: 'undescribed',
  },
  {
    what: 'a misspelled property',
    path: `${ADA}/messages`,
    request: post({ Subject: 'Tea' }),
    status: 400,
    code: 'RequestBodyRead',
    is: 'undescribed',
  },
  {
    what: 'a value of another type',
    path: `${ADA}/messages`,
    request: post({ importance: 'urgent' }),
    status: 400,
    code: 'RequestBodyRead',
    is: 'undescribed',
  },
  ...['id', 'changeKey', 'parentFolderId', 'webLink', 'bodyPreview', 'conversationId'].map((name) => ({
    what: `setting ${name}`,
    path: `${ADA}/messages`,
    request: post({ [name]: 'x' }),
    status: 400,
    code: 'ErrorInvalidPropertySet',
  })),
  {
    what: 'an internet header of the standard',
    path: `${ADA}/messages`,
    request: post({ internetMessageHeaders: [{ name: 'Received', value: 'x' }] }),
    status: 400,
    code: 'InvalidInternetMessageHeader',
  },
  {
    what: 'more than five internet headers',
    path: `${ADA}/messages`,
    request: post({ internetMessageHeaders: Array.from({ length: 6 }, () => ({ name: 'x-a', value: 'x' })) }),
    status: 400,
    code: 'InvalidInternetMessageHeaderCollection',
  },
  {
    what: 'a malformed Reply-To',
    path: `${ADA}/messages`,
    request: post({ replyTo: [{ emailAddress: { address: 'undisclosed' } }] }),
    status: 400,
    code: 'ErrorInvalidRecipients',
  },
  {
    what: 'an extended property without a form',
    path: `${ADA}/messages`,
    request: post({ singleValueExtendedProperties: [{ id: '0x0E07', value: '1' }] }),
    status: 400,
    code: 'ErrorInvalidProperty',
  },
  {
    what: 'a new subject of delivered mail',
    path: `${ADA}/messages/{mail}`,
    request: patch({ subject: 'Coffee' }),
    status: 400,
    code: 'ErrorInvalidPropertyUpdateSentMessage',
  },
  {
    what: 'a body over 4 MB',
    path: `${ADA}/messages`,
    request: post({ body: { contentType: 'text', content: 'x'.repeat(4_300_000) } }),
    status: 413,
    code: 'BadRequest',
  },
  {
    what: 'a file of 3 MB in one request',
    path: `${ADA}/messages/{mail}/attachments`,
    request: post({
      '@odata.type': FILE,
      name: 'big',
      contentBytes: Buffer.alloc(3 * 1024 * 1024).toString('base64'),
    }),
    status: 413,
    code: 'ErrorMessageSizeExceeded',
  },
  {
    what: 'an attached item without an item',
    path: `${ADA}/messages/{mail}/attachments`,
    request: post({ '@odata.type': ITEM, name: 'x' }),
    status: 400,
    code: 'ErrorInvalidProperty',
  },
  {
    what: 'a reference',
    path: `${ADA}/messages/{mail}/attachments`,
    request: post({ '@odata.type': '#microsoft.graph.referenceAttachment', name: 'x' }),
    status: 400,
    code: 'ErrorInvalidProperty',
  },
  {
    what: 'an attachment of no type',
    path: `${ADA}/messages/{mail}/attachments`,
    request: post({ name: 'x', contentBytes: '' }),
    status: 400,
    code: 'RequestBodyRead',
    is: 'undescribed',
  },
  {
    what: 'a session for a small file',
    path: `${ADA}/messages/{mail}/attachments/createUploadSession`,
    request: post({ AttachmentItem: { attachmentType: 'file', name: 'x', size: 3 * 1024 * 1024 - 1 } }),
    status: 400,
    code: 'ErrorAttachmentSizeShouldNotBeLessThanMinimumSize',
  },
  {
    what: 'a session for more than 150 MB',
    path: `${ADA}/messages/{mail}/attachments/createUploadSession`,
    request: post({ AttachmentItem: { attachmentType: 'file', name: 'x', size: 151 * 1024 * 1024 } }),
    status: 400,
    code: 'ErrorAttachmentSizeLimitExceeded',
  },
  {
    what: 'a session for an item',
    path: `${ADA}/messages/{mail}/attachments/createUploadSession`,
    request: post({ AttachmentItem: { attachmentType: 'item', name: 'x', size: 4_000_000 } }),
    status: 405,
    code: 'ErrorAttachmentSessionIsSupportedOnlyForFileAttachments',
  },
  {
    what: 'a session that is not there',
    path: 'https://outlook.office.com/api/v2.0/AttachmentSessions/x?authtoken=x',
    request: { method: 'PUT', body: 'x', headers: { 'content-type': 'application/octet-stream' } },
    status: 404,
    code: 'ErrorItemNotFound',
  },
  {
    what: 'a batch of 21',
    path: '/$batch',
    request: post({ requests: Array.from({ length: 21 }, (_, id) => ({ id: `${id}`, method: 'GET', url: ADA })) }),
    status: 400,
    code: 'RequestBodyRead',
    is: 'undescribed',
  },
  {
    what: 'a batch with one id twice',
    path: '/$batch',
    request: post({ requests: ['1', '1'].map((id) => ({ id, method: 'GET', url: ADA })) }),
    status: 400,
    code: 'BadRequest',
  },
  {
    what: 'a batch whose dependency does not come before',
    path: '/$batch',
    request: post({ requests: [{ id: '1', method: 'GET', url: ADA, dependsOn: ['2'] }] }),
    status: 400,
    code: 'BadRequest',
  },
];
