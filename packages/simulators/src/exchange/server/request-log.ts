/** What a request is for. Uploads are sessions and ranges; `create` makes messages, `attach` small attachments. */
export type RequestKind =
  | 'attach'
  | 'attachments'
  | 'batch'
  | 'create'
  | 'delta'
  | 'folders'
  | 'messages'
  | 'mime'
  | 'other'
  | 'token'
  | 'update'
  | 'upload'
  | 'users';

/** What went wrong with a request on purpose, by order of a test or by the weather. */
export type FaultName =
  | 'badGateway'
  | 'cutPage'
  | 'gatewayTimeout'
  | 'html'
  | 'internalError'
  | 'resetAfter'
  | 'resetBefore'
  | 'resetDuring'
  | 'throttled'
  | 'tokenLoss'
  | 'unavailable';

/** One line of the log of requests. */
export interface LoggedRequest {
  /** What it was for. */
  readonly kind: RequestKind;
  /** The method. */
  readonly method: string;
  /** Path and query as sent, below the host. */
  readonly path: string;
  /** Status of the answer; 0 if the connection was reset. */
  readonly status: number;
}

/** Counts what the simulator was asked. Requests inside a batch count by themselves, and the batch counts once more. */
export interface RequestLog {
  /** Requests by kind; every kind is there. */
  readonly counts: Readonly<Record<RequestKind, number>>;
  /** All requests. */
  readonly total: number;
  /** Bytes of the bodies of requests. */
  readonly bytesReceived: number;
  /** Bytes of the bodies of answers. */
  readonly bytesSent: number;
  /** Answers with 429 or 503. */
  readonly throttled: number;
  /** Requests that went wrong on purpose, by fault; every fault is there. Refusals for a real limit are not among them. */
  readonly faults: Readonly<Record<FaultName, number>>;
  /**
   * Requests refused because they were over a limit of the service (in progress, rate, uploaded bytes), by address of the
   * mailbox; a mailbox without any is absent.
   */
  readonly overLimit: Readonly<Record<string, number>>;
  /** Most requests that were in progress at once, by address of the mailbox. */
  readonly maxInFlight: Readonly<Record<string, number>>;
  /** The newest requests, oldest first; at most 50,000. */
  readonly entries: readonly LoggedRequest[];
  /** Sets everything back to zero. */
  reset(): void;
}

/** The side of {@link RequestLog} that the server writes to. */
export interface RequestRecorder extends RequestLog {
  /** Notes a finished request, and how long its body was. */
  record(request: LoggedRequest, received: number): void;
  /** Notes bytes of the body of an answer. */
  recordSent(bytes: number): void;
  /** Notes a fault that was made on purpose. */
  recordFault(name: FaultName): void;
  /** Notes a request over a limit of a mailbox. */
  recordOverLimit(mailbox: string): void;
  /** Notes how many requests of a mailbox are in progress. */
  recordInFlight(mailbox: string, count: number): void;
}

const KINDS: readonly RequestKind[] = [
  'attach',
  'attachments',
  'batch',
  'create',
  'delta',
  'folders',
  'messages',
  'mime',
  'other',
  'token',
  'update',
  'upload',
  'users',
];

const FAULTS: readonly FaultName[] = [
  'badGateway',
  'cutPage',
  'gatewayTimeout',
  'html',
  'internalError',
  'resetAfter',
  'resetBefore',
  'resetDuring',
  'throttled',
  'tokenLoss',
  'unavailable',
];

const KEPT = 50_000;

const KIND_OF_OPERATION: Readonly<Record<string, RequestKind>> = {
  batch: 'batch',
  cancelUploadSession: 'upload',
  createAttachment: 'attach',
  createChildFolder: 'folders',
  createFolderMessage: 'create',
  createMailFolder: 'folders',
  createMessage: 'create',
  createUploadSession: 'upload',
  deleteAttachment: 'update',
  deleteMailFolder: 'folders',
  deleteMessage: 'update',
  getAttachment: 'attachments',
  getAttachmentValue: 'attachments',
  getFolderMessage: 'messages',
  getFolderMessageMime: 'mime',
  getMailFolder: 'folders',
  getMessage: 'messages',
  getMessageMime: 'mime',
  getUser: 'users',
  listAttachments: 'attachments',
  listChildFolders: 'folders',
  listFolderMessages: 'messages',
  listMailFolders: 'folders',
  listMessages: 'messages',
  listUsers: 'users',
  mailFolderDelta: 'folders',
  messageDelta: 'delta',
  moveMailFolder: 'folders',
  moveMessage: 'update',
  putUploadRange: 'upload',
  updateMailFolder: 'folders',
  updateMessage: 'update',
  userMessageDelta: 'delta',
};

/** The kind of an operation, by its id in the description. */
export function requestKind(operationId: string | undefined): RequestKind {
  return (operationId === undefined ? undefined : KIND_OF_OPERATION[operationId]) ?? 'other';
}

/** Makes an empty {@link RequestRecorder}. */
export function createRequestLog(): RequestRecorder {
  const zeros = <Name extends string>(names: readonly Name[]): Record<Name, number> =>
    Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
  let counts = zeros(KINDS);
  let faults = zeros(FAULTS);
  let overLimit: Record<string, number> = {};
  let bytesReceived = 0;
  let bytesSent = 0;
  let throttled = 0;
  let maxInFlight: Record<string, number> = {};
  let entries: LoggedRequest[] = [];

  return {
    get counts() {
      return counts;
    },
    get total() {
      return KINDS.reduce((sum, kind) => sum + counts[kind], 0);
    },
    get bytesReceived() {
      return bytesReceived;
    },
    get bytesSent() {
      return bytesSent;
    },
    get throttled() {
      return throttled;
    },
    get faults() {
      return faults;
    },
    get overLimit() {
      return overLimit;
    },
    get maxInFlight() {
      return maxInFlight;
    },
    get entries() {
      return entries;
    },
    reset() {
      counts = zeros(KINDS);
      faults = zeros(FAULTS);
      overLimit = {};
      bytesReceived = 0;
      bytesSent = 0;
      throttled = 0;
      maxInFlight = {};
      entries = [];
    },
    recordSent(bytes) {
      bytesSent += bytes;
    },
    record(request, received) {
      counts[request.kind]++;
      bytesReceived += received;
      if (request.status === 429 || request.status === 503) throttled++;
      if (entries.length >= KEPT) entries = entries.slice(KEPT / 2);
      entries.push(request);
    },
    recordFault(name) {
      faults[name]++;
    },
    recordOverLimit(mailbox) {
      overLimit[mailbox] = (overLimit[mailbox] ?? 0) + 1;
    },
    recordInFlight(mailbox, count) {
      maxInFlight[mailbox] = Math.max(maxInFlight[mailbox] ?? 0, count);
    },
  };
}
