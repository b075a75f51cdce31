import { Agent, createServer, request } from 'node:http';
import type { Server } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { startTcpProxy, virtualClock } from '../../src/index.ts';
import type { TcpProxy, TcpProxyOptions } from '../../src/index.ts';

const ANSWER = 'x'.repeat(100_000);

interface Lab {
  readonly proxy: TcpProxy;
  /** What the server acted on: bodies that arrived as a whole. */
  readonly acted: string[];
  /** Bodies that broke off. */
  readonly aborted: string[];
  /** Sends a body over a connection that is kept alive; resolves to what came of it. */
  send(body: string, path?: string): Promise<string>;
}

const cleanups: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function listen(server: Server | ReturnType<typeof createTcpServer>): Promise<number> {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function lab(options: Omit<TcpProxyOptions, 'target'> = {}): Promise<Lab> {
  const acted: string[] = [];
  const aborted: string[] = [];
  const server = createServer((incoming, response) => {
    let body = '';
    incoming.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    incoming.on('error', () => void aborted.push(body));
    incoming.on('end', () => {
      acted.push(body);
      response.end(incoming.url === '/long' ? ANSWER : `did ${body}`);
    });
  });
  const port = await listen(server);
  const proxy = await startTcpProxy({ target: `http://127.0.0.1:${port}`, ...options });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  cleanups.push(() => void server.close());
  cleanups.push(() => server.closeAllConnections());
  cleanups.push(() => proxy.close());
  cleanups.push(() => agent.destroy());
  const send = (body: string, path = '/'): Promise<string> =>
    new Promise((resolve) => {
      const fail = (error: Error): void => resolve(`failed: ${'code' in error ? String(error.code) : error.message}`);
      const sent = request(`${proxy.url}${path}`, { method: 'POST', agent }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (more: string) => {
          text += more;
        });
        response.on('error', (error) => resolve(`broke off after ${text.length}: ${error.message}`));
        response.on('end', () => resolve(text));
      });
      sent.on('error', fail);
      sent.end(body);
    });
  return { proxy, acted, aborted, send };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => void setTimeout(resolve, 2));
}

describe('a proxy', () => {
  it('passes everything on over one connection while nothing is ordered, and counts it', async () => {
    const { proxy, send } = await lab();
    expect(await send('a')).toBe('did a');
    expect(await send('b', '/long')).toBe(ANSWER);
    expect(await send('y'.repeat(300_000))).toBe(`did ${'y'.repeat(300_000)}`);
    expect(proxy.connections).toBe(1);
    expect(proxy.requests).toMatchObject([
      { number: 1, connection: 1, firstLine: 'POST / HTTP/1.1', cut: undefined },
      { number: 2, connection: 1, firstLine: 'POST /long HTTP/1.1', cut: undefined },
      { number: 3, connection: 1, cut: undefined },
    ]);
    expect(proxy.requests[1]?.bytesDown).toBeGreaterThan(100_000);
    expect(proxy.requests[2]?.bytesUp).toBeGreaterThan(300_000);
  });

  it('loses the next acknowledgements: the server acted, and not a byte came back', async () => {
    const { proxy, acted, send } = await lab();
    expect(await send('a')).toBe('did a');
    proxy.loseAnswers(2);
    expect(await send('b')).toMatch(/^failed: ECONNRESET/);
    expect(await send('c', '/long')).toMatch(/^failed: ECONNRESET/);
    expect(await send('d')).toBe('did d');
    expect(await send('e')).toBe('did e');
    expect(acted).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(proxy.requests.map(({ connection, cut }) => [connection, cut])).toEqual([
      [1, undefined],
      [1, 'answer'],
      [2, 'answer'],
      [3, undefined],
      [3, undefined],
    ]);
    expect(proxy.requests[1]).toMatchObject({ bytesDown: 0 });
  });

  it('chooses by the first line, also on a connection that is kept alive', async () => {
    const { acted, send } = await lab({
      faults: { request: ({ firstLine }) => (firstLine.includes('/lost') ? { cutAnswerAt: 0 } : undefined) },
    });
    expect(await send('a')).toBe('did a');
    expect(await send('b', '/lost')).toMatch(/^failed/);
    expect(await send('c')).toBe('did c');
    expect(acted).toEqual(['a', 'b', 'c']);
  });

  it('breaks a request off on its way, so that the server gets a part of it or nothing', async () => {
    const { proxy, acted, aborted, send } = await lab();
    proxy.faults.request = () => ({ cutRequestAt: 20_000 });
    expect(await send('z'.repeat(50_000))).toMatch(/^failed/);
    await until(() => aborted.length > 0);
    expect(aborted[0]?.length).toBeGreaterThan(19_000);
    expect(aborted[0]?.length).toBeLessThan(20_000);
    expect(proxy.requests.at(-1)).toMatchObject({ bytesUp: 20_000, bytesDown: 0, cut: 'request' });
    proxy.faults.request = () => ({ cutRequestAt: 0 });
    expect(await send('b')).toMatch(/^failed/);
    expect(proxy.requests.at(-1)).toMatchObject({ bytesUp: 0, cut: 'request' });
    proxy.faults.request = () => ({ cutRequestAt: 20_000 });
    expect(await send('short')).toBe('did short');
    expect(acted).toEqual(['short']);
  });

  it('breaks an answer off on its way, so that the client gets a part of it', async () => {
    const { proxy, acted, send } = await lab({ faults: { request: () => ({ cutAnswerAt: 50_000 }) } });
    const told = await send('a', '/long');
    expect(told).toMatch(/^broke off after 4\d\d\d\d: aborted/);
    expect(proxy.requests[0]).toMatchObject({ bytesDown: 50_000, cut: 'answer' });
    expect(await send('b')).toBe('did b');
    expect(acted).toEqual(['a', 'b']);
  });

  it('drops the connections that are open, idle or not', async () => {
    const { proxy, send } = await lab();
    expect(await send('a')).toBe('did a');
    proxy.dropConnections();
    await until(() => proxy.connections === 0);
    proxy.faults.request = () => ({ answerDelayMs: 60_000 });
    const waiting = send('b');
    await until(() => proxy.requests.length === 2);
    proxy.dropConnections();
    expect(await waiting).toMatch(/^failed/);
    proxy.faults.request = undefined;
    expect(await send('c')).toBe('did c');
  });

  it('takes no connection while the network is down', async () => {
    const { proxy, acted, send } = await lab({ faults: { refuses: true } });
    expect(await send('a')).toMatch(/^failed/);
    expect({ acted, requests: proxy.requests.length }).toEqual({ acted: [], requests: 0 });
    proxy.faults.refuses = false;
    expect(await send('b')).toBe('did b');
  });

  it('delays requests and answers by its clock', async () => {
    const clock = virtualClock({ start: 0 });
    const { proxy, acted, send } = await lab({ clock });
    proxy.faults.request = () => ({ requestDelayMs: 1000, answerDelayMs: 500 });
    let told: string | undefined;
    const sending = send('a').then((text) => {
      told = text;
    });
    await until(() => clock.sleepers === 1);
    await clock.advance(999);
    expect(acted).toEqual([]);
    await clock.advance(1);
    await until(() => clock.sleepers === 1 && acted.length === 1);
    await clock.advance(499);
    expect(told).toBeUndefined();
    await clock.advance(1);
    await sending;
    expect(told).toBe('did a');

    proxy.faults.request = undefined;
    proxy.faults.latencyMs = 100;
    const slow = send('b');
    await until(() => clock.sleepers === 1);
    await clock.advance(100);
    await until(() => clock.sleepers === 1);
    await clock.advance(100);
    expect(await slow).toBe('did b');
    expect(clock.now()).toBe(1700);
  });

  it('hands on the end of one direction while the other one goes on', async () => {
    const server = createTcpServer({ allowHalfOpen: true }, (socket) => {
      let text = 'You said: ';
      socket.write('Hello! ');
      socket.setEncoding('utf8').on('data', (more: string) => {
        text += more;
      });
      socket.on('end', () => socket.end(text));
    });
    cleanups.push(() => void server.close());
    const proxy = await startTcpProxy({ target: { port: await listen(server) } });
    cleanups.push(() => proxy.close());
    const client: Socket = connect({ port: proxy.port, host: proxy.host, allowHalfOpen: true });
    client.setEncoding('utf8');
    client.end('all of it');
    expect((await Array.fromAsync(client)).join('')).toBe('Hello! You said: all of it');
    await until(() => proxy.connections === 0);
    expect(proxy.requests).toMatchObject([{ firstLine: 'all of it', bytesUp: 9 }]);
  });

  it('breaks the connection to the server when a client that has said everything goes away', async () => {
    let closed = false;
    const server = createTcpServer({ allowHalfOpen: true }, (socket) => {
      const talking = setInterval(() => void socket.write('on and on '), 1);
      socket.on('error', () => {});
      socket.on('close', () => {
        clearInterval(talking);
        closed = true;
      });
      socket.resume();
    });
    cleanups.push(() => void server.close());
    const proxy = await startTcpProxy({ target: { port: await listen(server) } });
    cleanups.push(() => proxy.close());
    const client = connect({ port: proxy.port, host: proxy.host, allowHalfOpen: true });
    client.end('all of it');
    await new Promise((resolve) => void client.once('data', resolve));
    client.resetAndDestroy();
    await until(() => closed && proxy.connections === 0);
    expect(proxy.requests).toHaveLength(1);
  });

  it('breaks the connection where there is no server, and is closed once', async () => {
    const nobody = createTcpServer();
    const port = await listen(nobody);
    await new Promise((resolve) => void nobody.close(resolve));
    const proxy = await startTcpProxy({ target: { port } });
    await expect(fetch(proxy.url)).rejects.toThrow();
    await Promise.all([proxy.close(), proxy.close()]);
    const refused = await fetch(proxy.url).catch((error: unknown) => (error as Error).cause);
    expect(refused).toMatchObject({ code: 'ECONNREFUSED' });
    await expect(startTcpProxy({ target: 'http://127.0.0.1' })).rejects.toThrow(TypeError);
  });

  it('lets nothing go on once it is closed', async () => {
    const { proxy, send } = await lab({ faults: { request: () => ({ answerDelayMs: 60_000 }) } });
    const waiting = send('a');
    await until(() => proxy.requests.length === 1);
    await proxy[Symbol.asyncDispose]();
    expect(await waiting).toMatch(/^failed/);
    expect(proxy.connections).toBe(0);
  });
});
