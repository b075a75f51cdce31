import type { Socket } from 'node:net';
import type { Clock } from '@holdfast/contracts';
import type { ProxiedRequestRecord, ProxyFault } from './proxy-faults.ts';

const LONGEST_FIRST_LINE = 1000;

/** A record while its request is under way. */
export type OpenRequest = { -readonly [Key in keyof ProxiedRequestRecord]: ProxiedRequestRecord[Key] };

/** What a connection asks of its proxy. */
export interface ProxiedConnectionOptions {
  /** Time of delays. */
  readonly clock: Clock;
  /** How long every piece of data waits at this moment. */
  readonly latencyMs: () => number;
  /** Begins a request: its record, and what goes wrong with it. */
  readonly begin: (firstLine: string) => { readonly record: OpenRequest; readonly fault: ProxyFault };
}

/** A connection through a proxy. */
export interface ProxiedConnection {
  /** Resolves when both sides are closed. */
  readonly closed: Promise<void>;
  /** Breaks it on both sides. */
  drop(): void;
}

/** Joins two sockets, and breaks them as ordered. */
export function proxiedConnection(
  client: Socket,
  server: Socket,
  { clock, latencyMs, begin }: ProxiedConnectionOptions,
): ProxiedConnection {
  const over = new AbortController();
  let current: ReturnType<typeof begin> | undefined;
  // Whatever comes up after something came down begins a request.
  let answered = true;

  function drop(): void {
    over.abort();
    if (!client.destroyed) client.resetAndDestroy();
    // A reset would wait for the connection to be made.
    if (server.connecting) server.destroy();
    else if (!server.destroyed) server.resetAndDestroy();
  }

  async function up(bytes: Uint8Array): Promise<void> {
    if (current === undefined || answered) {
      answered = false;
      current = begin(firstLineOf(bytes));
      await pass(current.fault.requestDelayMs ?? 0);
    }
    await pass(latencyMs());
    const { record, fault } = current;
    const left = (fault.cutRequestAt ?? Infinity) - record.bytesUp;
    if (bytes.length < left) {
      record.bytesUp += bytes.length;
      await write(server, bytes);
      return;
    }
    record.bytesUp += left;
    record.cut = 'request';
    breakAfter(server, bytes.subarray(0, left), client);
  }

  async function down(bytes: Uint8Array): Promise<void> {
    const begins = !answered;
    answered = true;
    if (current === undefined) {
      // A server that speaks first.
      await pass(latencyMs());
      await write(client, bytes);
      return;
    }
    const { record, fault } = current;
    await pass((begins ? (fault.answerDelayMs ?? 0) : 0) + latencyMs());
    const left = (fault.cutAnswerAt ?? Infinity) - record.bytesDown;
    if (bytes.length < left) {
      record.bytesDown += bytes.length;
      await write(client, bytes);
      return;
    }
    record.bytesDown += left;
    record.cut = 'answer';
    breakAfter(client, bytes.subarray(0, left), server);
  }

  /** Lets the last bytes arrive on one side, and breaks the other one. A reset would overtake the bytes. */
  function breakAfter(receiver: Socket, last: Uint8Array, other: Socket): void {
    over.abort();
    if (last.length === 0) {
      drop();
      return;
    }
    receiver.end(last);
    // It closes when its peer does; until then, what that says is thrown away.
    receiver.resume();
    other.resetAndDestroy();
  }

  async function pass(milliseconds: number): Promise<void> {
    if (milliseconds > 0) await clock.sleep(milliseconds, { signal: over.signal });
    over.signal.throwIfAborted();
  }

  function join(from: Socket, to: Socket, handle: (bytes: Uint8Array) => Promise<void>): void {
    let tail = Promise.resolve();
    from.setNoDelay(true);
    from.on('data', (bytes: Uint8Array) => {
      if (over.signal.aborted) return;
      from.pause();
      tail = tail
        .then(() => handle(bytes))
        .then(
          () => void from.resume(),
          // Only an end of the connection gets here.
          () => {},
        );
    });
    from.on('end', () => {
      tail.then(
        () => void (over.signal.aborted || to.end()),
        () => {},
      );
    });
    from.on('error', drop);
    from.on('close', () => {
      if (!from.readableEnded && !over.signal.aborted) drop();
    });
  }

  const closed = Promise.all(
    [client, server].map((socket) => new Promise<void>((resolve) => void socket.once('close', () => resolve()))),
  );
  join(client, server, up);
  join(server, client, down);
  return { closed: closed.then(() => {}), drop };
}

/** Resolves when more can be written, or when nothing can be written any more. */
function write(socket: Socket, bytes: Uint8Array): Promise<void> {
  if (socket.destroyed || !socket.writable || socket.write(bytes)) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done);
      socket.off('close', done);
      resolve();
    };
    socket.on('drain', done);
    socket.on('close', done);
  });
}

function firstLineOf(bytes: Uint8Array): string {
  const text = new TextDecoder('latin1').decode(bytes.subarray(0, LONGEST_FIRST_LINE));
  return text.split(/\r?\n/, 1)[0] ?? '';
}
