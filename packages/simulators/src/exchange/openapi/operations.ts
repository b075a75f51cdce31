import type { JsonSchema } from './json-schema.ts';

/** One operation of the description: what a request may look like and what its answers look like. */
export interface OperationDescription {
  /** Name of the operation, unique. */
  readonly id: string;
  /** The method. */
  readonly method: 'DELETE' | 'GET' | 'PATCH' | 'POST' | 'PUT';
  /** The path below the host (`/v1.0` excluded), with the names of its parameters in braces. */
  readonly path: string;
  /** Names of the query parameters; their forms are in {@link queryParameters}. */
  readonly query?: readonly string[] | undefined;
  /** Query parameters that must be there. */
  readonly requiredQuery?: readonly string[] | undefined;
  /** Forms the body of a request may have, by media type; a text is the name of a schema. No body if absent. */
  readonly body?: Readonly<Record<string, string | null>> | undefined;
  /** Schemas of the JSON answers by status; `null` for an answer that is not JSON or has no body. */
  readonly answers: Readonly<Record<number, string | null>>;
}

/** The forms of query parameters, which are the same in every operation that knows them. */
export const queryParameters: Readonly<Record<string, JsonSchema>> = {
  $count: { enum: ['true', 'false'] },
  $deltatoken: { type: 'string' },
  $expand: { type: 'string' },
  $filter: { type: 'string' },
  $orderby: { type: 'string' },
  $search: { type: 'string' },
  $select: { type: 'string' },
  $skip: { type: 'string', pattern: '^[0-9]+$' },
  $skiptoken: { type: 'string' },
  $top: { type: 'string', pattern: '^[0-9]+$' },
  authtoken: { type: 'string' },
  changeType: { type: 'string' },
  includeHiddenFolders: { enum: ['true', 'false'] },
  includeHiddenMessages: { type: 'string' },
};

const LIST = ['$count', '$expand', '$filter', '$orderby', '$search', '$select', '$skip', '$top'];
const DELTA = [...LIST, '$deltatoken', '$skiptoken'];
const ONE = ['$expand', '$select'];
const JSON_OR_MIME = { 'application/json': 'message', 'text/plain': null };
const FOLDER = '/users/{user-id}/mailFolders/{mailFolder-id}';
const MESSAGE = '/users/{user-id}/messages/{message-id}';
const ATTACHMENT = `${MESSAGE}/attachments/{attachment-id}`;

/**
 * The operations of Microsoft Graph v1.0 that mail backup uses.
 *
 * Reduced from Microsoft's public metadata and documentation (v1.0 description of 2026-08-20): methods, paths and query
 * parameters are those of the official description; `/delta` stands for its `/delta()`. Taken from the documentation
 * instead: `$batch` (concepts/json-batching), folder create, update and delete, `$value` of an attachment
 * (api/attachment-get), and the upload ranges (concepts/outlook-large-attachments; the address itself is opaque).
 * The folder form of `$value` and `messages/delta` of a user are in the official description although the service
 * refuses them.
 */
export const operations: readonly OperationDescription[] = [
  {
    id: 'batch',
    method: 'POST',
    path: '/$batch',
    body: { 'application/json': 'BatchRequest' },
    answers: { 200: 'BatchResponse' },
  },
  { id: 'listUsers', method: 'GET', path: '/users', query: LIST, answers: { 200: 'userCollection' } },
  { id: 'getUser', method: 'GET', path: '/users/{user-id}', query: ONE, answers: { 200: 'user' } },
  {
    id: 'translateExchangeIds',
    method: 'POST',
    path: '/users/{user-id}/translateExchangeIds',
    body: { 'application/json': 'translateRequest' },
    answers: { 200: 'convertIdResultCollection' },
  },
  {
    id: 'listMailFolders',
    method: 'GET',
    path: '/users/{user-id}/mailFolders',
    query: [...LIST, 'includeHiddenFolders'],
    answers: { 200: 'mailFolderCollection' },
  },
  {
    id: 'createMailFolder',
    method: 'POST',
    path: '/users/{user-id}/mailFolders',
    body: { 'application/json': 'mailFolder' },
    answers: { 201: 'mailFolder' },
  },
  {
    id: 'mailFolderDelta',
    method: 'GET',
    path: '/users/{user-id}/mailFolders/delta',
    query: DELTA,
    answers: { 200: 'mailFolderDelta' },
  },
  {
    id: 'getMailFolder',
    method: 'GET',
    path: FOLDER,
    query: [...ONE, 'includeHiddenFolders'],
    answers: { 200: 'mailFolder' },
  },
  {
    id: 'updateMailFolder',
    method: 'PATCH',
    path: FOLDER,
    body: { 'application/json': 'mailFolder' },
    answers: { 200: 'mailFolder' },
  },
  { id: 'deleteMailFolder', method: 'DELETE', path: FOLDER, answers: { 204: null } },
  {
    id: 'moveMailFolder',
    method: 'POST',
    path: `${FOLDER}/move`,
    body: { 'application/json': 'moveRequest' },
    answers: { 201: 'mailFolder' },
  },
  {
    id: 'listChildFolders',
    method: 'GET',
    path: `${FOLDER}/childFolders`,
    query: [...LIST, 'includeHiddenFolders'],
    answers: { 200: 'mailFolderCollection' },
  },
  {
    id: 'createChildFolder',
    method: 'POST',
    path: `${FOLDER}/childFolders`,
    body: { 'application/json': 'mailFolder' },
    answers: { 201: 'mailFolder' },
  },
  {
    id: 'listFolderMessages',
    method: 'GET',
    path: `${FOLDER}/messages`,
    query: LIST,
    answers: { 200: 'messageCollection' },
  },
  {
    id: 'createFolderMessage',
    method: 'POST',
    path: `${FOLDER}/messages`,
    body: JSON_OR_MIME,
    answers: { 201: 'message' },
  },
  {
    id: 'messageDelta',
    method: 'GET',
    path: `${FOLDER}/messages/delta`,
    query: [...DELTA, 'changeType'],
    answers: { 200: 'messageDelta' },
  },
  {
    id: 'getFolderMessage',
    method: 'GET',
    path: `${FOLDER}/messages/{message-id}`,
    query: ONE,
    answers: { 200: 'message' },
  },
  { id: 'getFolderMessageMime', method: 'GET', path: `${FOLDER}/messages/{message-id}/$value`, answers: { 200: null } },
  {
    id: 'listMessages',
    method: 'GET',
    path: '/users/{user-id}/messages',
    query: [...LIST, 'includeHiddenMessages'],
    answers: { 200: 'messageCollection' },
  },
  {
    id: 'createMessage',
    method: 'POST',
    path: '/users/{user-id}/messages',
    body: JSON_OR_MIME,
    answers: { 201: 'message' },
  },
  {
    id: 'userMessageDelta',
    method: 'GET',
    path: '/users/{user-id}/messages/delta',
    query: [...DELTA, 'changeType'],
    answers: { 200: 'messageDelta' },
  },
  {
    id: 'getMessage',
    method: 'GET',
    path: MESSAGE,
    query: [...ONE, 'includeHiddenMessages'],
    answers: { 200: 'message' },
  },
  {
    id: 'updateMessage',
    method: 'PATCH',
    path: MESSAGE,
    body: { 'application/json': 'message' },
    answers: { 200: 'message' },
  },
  { id: 'deleteMessage', method: 'DELETE', path: MESSAGE, answers: { 204: null } },
  { id: 'getMessageMime', method: 'GET', path: `${MESSAGE}/$value`, answers: { 200: null } },
  {
    id: 'moveMessage',
    method: 'POST',
    path: `${MESSAGE}/move`,
    body: { 'application/json': 'moveRequest' },
    answers: { 201: 'message' },
  },
  {
    id: 'listAttachments',
    method: 'GET',
    path: `${MESSAGE}/attachments`,
    query: LIST,
    answers: { 200: 'attachmentCollection' },
  },
  {
    id: 'createAttachment',
    method: 'POST',
    path: `${MESSAGE}/attachments`,
    body: { 'application/json': 'attachment' },
    answers: { 201: 'attachment' },
  },
  {
    id: 'createUploadSession',
    method: 'POST',
    path: `${MESSAGE}/attachments/createUploadSession`,
    body: { 'application/json': 'uploadSessionRequest' },
    answers: { 201: 'uploadSession' },
  },
  { id: 'getAttachment', method: 'GET', path: ATTACHMENT, query: ONE, answers: { 200: 'attachment' } },
  { id: 'deleteAttachment', method: 'DELETE', path: ATTACHMENT, answers: { 204: null } },
  { id: 'getAttachmentValue', method: 'GET', path: `${ATTACHMENT}/$value`, answers: { 200: null } },
  {
    id: 'putUploadRange',
    method: 'PUT',
    path: '/api/v2.0/AttachmentSessions/{session-id}',
    query: ['authtoken'],
    requiredQuery: ['authtoken'],
    body: { 'application/octet-stream': null },
    answers: { 200: 'uploadRangeAnswer', 201: null },
  },
  {
    id: 'cancelUploadSession',
    method: 'DELETE',
    path: '/api/v2.0/AttachmentSessions/{session-id}',
    query: ['authtoken'],
    requiredQuery: ['authtoken'],
    answers: { 204: null },
  },
];
