import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Answer, RawRequest } from '../protocol/exchange-call.ts';
import { REAL_HOSTS } from '../protocol/real-hosts.ts';

/** A server on loopback. */
export interface RunningServer {
  /** Its address, without a path. */
  readonly url: string;
  /** Ends it, with every connection. */
  close(): Promise<void>;
}

/** Options of {@link startHttpServer}. */
export interface HttpServerOptions {
  /** TCP port; 0 takes a free one. */
  readonly port: number;
  /** Most bytes of a body that are kept. What is longer is read to its end and known to be too long. */
  readonly largestBody: number;
  /** The time that answers carry in their `Date`, milliseconds since 1970. */
  now(): number;
  /** Answers a request whose address has the real host again. */
  answer(request: RawRequest): Promise<Answer>;
  /** Told of every answer before it is sent. */
  onSent(bytes: number): void;
}

/**
 * Starts a server on 127.0.0.1. The first segment of a path is the host that the request is meant for:
 * `/graph.microsoft.com/v1.0/users` stands for `https://graph.microsoft.com/v1.0/users`.
 */
export async function startHttpServer(options: HttpServerOptions): Promise<RunningServer> {
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    void serve(request, response, options).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => close(server) };
}

async function serve(request: IncomingMessage, response: ServerResponse, options: HttpServerOptions): Promise<void> {
  const body = await readBody(request, options.largestBody);
  const [, host = '', rest = ''] = /^\/([^/]+)(\/.*)?$/s.exec(request.url ?? '') ?? [];
  if (!REAL_HOSTS.has(host)) {
    response.writeHead(404, { 'content-type': 'text/plain' });
    response.end('The first segment of the path is the host of the service, for instance graph.microsoft.com.\n');
    return;
  }
  let answer: Answer;
  try {
    answer = await options.answer({
      method: request.method ?? 'GET',
      url: new URL(`https://${host}${rest}`),
      headers: headersOf(request),
      body,
    });
  } catch (error) {
    // A defect of the simulator: say so, rather than look like an answer of the service.
    answer = { status: 500, bytes: new TextEncoder().encode(String(error instanceof Error ? error.stack : error)) };
  }
  send(response, answer, options);
}

function send(response: ServerResponse, answer: Answer, options: HttpServerOptions): void {
  const body = answer.bytes ?? (answer.json === undefined ? undefined : Buffer.from(JSON.stringify(answer.json)));
  const half = answer.fault === 'break' ? body?.subarray(0, Math.floor(body.length / 2)) : undefined;
  // An answer without a body has no middle: it is lost as a whole.
  if (answer.fault === 'reset' || (answer.fault === 'break' && !half?.length)) {
    response.destroy();
    return;
  }
  // A page that is cut ends with a whole response, whose JSON is not whole.
  const whole = answer.fault === 'cut' ? cut(body) : body;
  const sent = half ?? whole;
  if (sent !== undefined) options.onSent(sent.length);
  const date = new Date(options.now()).toUTCString();
  response.writeHead(answer.status, { date, ...answer.headers, 'content-length': String(whole?.length ?? 0) });
  // The half must have left before the connection breaks, or the client would see none of it.
  if (half !== undefined) response.write(half, () => response.destroy());
  else response.end(sent);
}

function cut(body: Uint8Array | undefined): Uint8Array | undefined {
  const start = '"value":[';
  const index = body === undefined ? -1 : Buffer.from(body).indexOf(start);
  return index < 0 ? body : body?.subarray(0, index + start.length);
}

async function readBody(request: IncomingMessage, largest: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    // One byte too many is enough to know; a client that is still sending would not see an early answer.
    if (length <= largest) chunks.push(chunk);
    length += chunk.length;
  }
  return new Uint8Array(Buffer.concat(chunks));
}

function headersOf(request: IncomingMessage): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
