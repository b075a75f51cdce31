/** An error answer of the service: status, code and message as the service gives them. */
export class GraphFailure extends Error {
  /** Always `'GraphFailure'`. */
  override readonly name = 'GraphFailure' as const;
  /** The HTTP status. */
  readonly status: number;
  /** The `code` of the error body. */
  readonly code: string;
  /** Headers beside those that every answer has. */
  readonly headers: Readonly<Record<string, string>>;
  /** Whether the answer has no body at all, as a gateway's 503. */
  readonly empty: boolean;

  constructor(
    status: number,
    code: string,
    message: string,
    options: { readonly headers?: Readonly<Record<string, string>>; readonly empty?: boolean } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = options.headers ?? {};
    this.empty = options.empty ?? false;
  }
}

/** What the service says of an id that it cannot read. */
export function malformedId(): GraphFailure {
  return new GraphFailure(400, 'ErrorInvalidIdMalformed', 'Id is malformed.');
}

/** What the service says of an object that is not, or no longer, there. */
export function itemNotFound(): GraphFailure {
  return new GraphFailure(404, 'ErrorItemNotFound', 'The specified object was not found in the store.');
}

/** What the service says of a property that a client may not set. */
export function invalidPropertySet(property: string): GraphFailure {
  return new GraphFailure(400, 'ErrorInvalidPropertySet', `Set action is invalid for property '${property}'.`);
}

/** What the service says of a query that it cannot read. */
export function invalidQuery(message: string): GraphFailure {
  return new GraphFailure(400, 'RequestBroker--ParseUri', message);
}
