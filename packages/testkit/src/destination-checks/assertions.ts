import { DestinationError } from '@holdfast/contracts';
import type { DestinationErrorCode, ObjectInfo } from '@holdfast/contracts';

/** Ends a check: the promise is broken. */
export function fail(message: string, options?: ErrorOptions): never {
  throw new Error(message, options);
}

/** Fails unless the condition holds. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) fail(message);
}

/** Fails unless both hold the same bytes; says where they differ, never what they hold. */
export function assertBytes(actual: Uint8Array, expected: Uint8Array, what: string): void {
  assert(
    actual.byteLength === expected.byteLength,
    `${what}: got ${actual.byteLength} bytes instead of ${expected.byteLength}`,
  );
  const index = actual.findIndex((byte, at) => byte !== expected[at]);
  assert(index < 0, `${what}: the bytes differ from offset ${index} on`);
}

/** Fails unless the call rejects with a `DestinationError` of that code. */
export async function assertCode(call: Promise<unknown>, code: DestinationErrorCode, what: string): Promise<void> {
  const error = await rejection(call, what, code);
  if (!DestinationError.is(error, code))
    fail(`${what}: rejected with ${describe(error)} instead of ${code}`, { cause: error });
}

/** Fails unless the call rejects with that very value, not a copy and not something around it. */
export async function assertReason(call: Promise<unknown>, reason: unknown, what: string): Promise<void> {
  const error = await rejection(call, what, 'the reason of the abort');
  if (error !== reason)
    fail(`${what}: rejected with ${describe(error)} instead of the reason itself`, { cause: error });
}

/** Fails, with the error as cause, if the call rejects. */
export async function assertResolves<T>(call: Promise<T>, what: string): Promise<T> {
  try {
    return await call;
  } catch (error) {
    return fail(`${what}: rejected with ${describe(error)}`, { cause: error });
  }
}

/** Whether an error says that an object is not there. */
export function isNotFound(error: unknown): boolean {
  return DestinationError.is(error, 'ERR_OBJECT_NOT_FOUND');
}

/** Reads a listing to its end, with its names in order. */
export async function collect(listing: AsyncIterable<ObjectInfo>): Promise<ObjectInfo[]> {
  const infos: ObjectInfo[] = [];
  for await (const info of listing) infos.push(info);
  return infos.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Fails unless the listing yields exactly these names, each once. */
export async function assertNames(
  listing: AsyncIterable<ObjectInfo>,
  expected: readonly string[],
  what: string,
): Promise<void> {
  const names = (await assertResolves(collect(listing), what)).map(({ name }) => name);
  const twice = names.find((name, index) => name === names[index + 1]);
  assert(twice === undefined, `${what}: ${twice} is listed twice`);
  const wanted = new Set(expected);
  const got = new Set(names);
  const missing = expected.filter((name) => !got.has(name));
  assert(missing.length === 0, `${what}: ${missing.length} of ${expected.length} are missing, first ${missing[0]}`);
  const surplus = names.find((name) => !wanted.has(name));
  assert(surplus === undefined, `${what}: ${surplus} does not belong there`);
}

async function rejection(call: Promise<unknown>, what: string, expected: string): Promise<unknown> {
  const outcome = await call.then(
    () => ({ rejected: false as const }),
    (error: unknown) => ({ rejected: true as const, error }),
  );
  return outcome.rejected ? outcome.error : fail(`${what}: resolved instead of rejecting with ${expected}`);
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return 'code' in error ? `${error.name} ${String(error.code)}` : `${error.name}: ${error.message}`;
}
