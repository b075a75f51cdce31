/** Options that every operation which waits accepts. */
export interface OperationOptions {
  /**
   * Ends the operation early. The promise then rejects with `signal.reason` itself, unwrapped, and nothing is written
   * afterwards. An operation that starts with an aborted signal changes nothing.
   */
  readonly signal?: AbortSignal | undefined;
}
