import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { systemClock } from '@holdfast/contracts';
import type { Clock } from '@holdfast/contracts';
import { proxiedConnection } from './proxied-connection.ts';
import type { OpenRequest, ProxiedConnection } from './proxied-connection.ts';
import type { ProxiedRequestRecord, ProxyFault, ProxyFaults } from './proxy-faults.ts';

/** Where a {@link TcpProxy} leads. */
export interface ProxyTarget {
  /** Name or address. @defaultValue `'127.0.0.1'` */
  readonly host?: string | undefined;
  /** Port. */
  readonly port: number;
}

/** Options of {@link startTcpProxy}. */
export interface TcpProxyOptions {
  /** Where it leads: a place, or a URL with a port, of which the path is not used. */
  readonly target: ProxyTarget | string;
  /** What goes wrong. Keep it, and change it at any time. @defaultValue nothing */
  readonly faults?: ProxyFaults | undefined;
  /** Time of delays. @defaultValue the clock of the machine */
  readonly clock?: Clock | undefined;
}

/** A network between a client and a server, in which everything goes wrong that was ordered. */
export interface TcpProxy extends AsyncDisposable {
  /** Where clients connect: an address of this machine that others cannot reach. */
  readonly host: string;
  /** Where clients connect. */
  readonly port: number;
  /** The same as the URL of an HTTP server. */
  readonly url: string;
  /** What goes wrong; may be changed at any time. */
  readonly faults: ProxyFaults;
  /** All requests so far, in the order they began. */
  readonly requests: readonly ProxiedRequestRecord[];
  /** How many connections are open now. */
  readonly connections: number;
  /** Breaks all connections that are open now. */
  dropConnections(): void;
  /**
   * Loses the acknowledgements of so many of the next requests, on whatever connections: each goes up as a whole, the
   * server answers, and the connection breaks before a byte of the answer comes back. It goes before what is chosen by
   * the faults.
   */
  loseAnswers(count: number): void;
  /** Breaks all connections and takes no more. Safe to repeat. */
  close(): Promise<void>;
}

/**
 * Starts a proxy for TCP on loopback, which drops, delays and loses what goes through it as ordered.
 *
 * It does not know what is spoken. A request is what a client sends until the server sends something; what the client sends
 * after that is the next one, also on a connection that is kept alive. So requests must wait for their answers (HTTP/1.1
 * without pipelining does, HTTP/2 does not), and a server that answers `100 Continue` has answered.
 *
 * @example The server acts, and the client does not learn of it
 * ```ts
 * import { createServer } from 'node:http';
 * import type { AddressInfo } from 'node:net';
 * import { startTcpProxy } from '@holdfast/testkit';
 *
 * let acted = 0;
 * const server = createServer((_, response) => response.end(String((acted += 1))));
 * await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
 * const proxy = await startTcpProxy({ target: { port: (server.address() as AddressInfo).port } });
 *
 * proxy.loseAnswers(1);
 * const told = await fetch(proxy.url).catch(() => 'nothing');
 * console.log(told, acted); // nothing 1
 * await proxy.close();
 * server.closeAllConnections();
 * server.close();
 * ```
 */
export async function startTcpProxy({ target, faults = {}, clock = systemClock }: TcpProxyOptions): Promise<TcpProxy> {
  const { host: targetHost, port: targetPort } = resolveTarget(target);
  const requests: OpenRequest[] = [];
  const connections = new Set<ProxiedConnection>();
  let answersToLose = 0;
  let count = 0;

  function faultOf(record: OpenRequest): ProxyFault {
    if (answersToLose > 0) {
      answersToLose -= 1;
      return { cutAnswerAt: 0 };
    }
    const { number, connection, firstLine } = record;
    return faults.request?.({ number, connection, firstLine }) ?? {};
  }

  const server = createServer({ allowHalfOpen: true }, (client) => {
    if (faults.refuses === true) {
      client.on('error', () => {});
      client.resetAndDestroy();
      return;
    }
    count += 1;
    const connection = count;
    const upstream = connect({ host: targetHost, port: targetPort, allowHalfOpen: true });
    const proxied = proxiedConnection(client, upstream, {
      clock,
      latencyMs: () => faults.latencyMs ?? 0,
      begin(firstLine) {
        const number = requests.length + 1;
        const record: OpenRequest = { number, connection, firstLine, bytesUp: 0, bytesDown: 0, cut: undefined };
        requests.push(record);
        return { record, fault: faultOf(record) };
      },
    });
    connections.add(proxied);
    void proxied.closed.then(() => connections.delete(proxied));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { address: host, port } = server.address() as AddressInfo;
  let closing: Promise<void> | undefined;

  function dropConnections(): void {
    for (const connection of connections) connection.drop();
  }

  async function closeAll(): Promise<void> {
    const stopped = new Promise((resolve) => void server.close(resolve));
    const ending = [...connections].map(({ closed }) => closed);
    dropConnections();
    await Promise.all([stopped, ...ending]);
  }

  function close(): Promise<void> {
    closing ??= closeAll();
    return closing;
  }

  return {
    host,
    port,
    url: `http://${host}:${port}`,
    faults,
    requests,
    get connections() {
      return connections.size;
    },
    dropConnections,
    loseAnswers(more) {
      answersToLose += more;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function resolveTarget(target: ProxyTarget | string): { readonly host: string; readonly port: number } {
  if (typeof target !== 'string') return { host: target.host ?? '127.0.0.1', port: target.port };
  const { hostname, port } = new URL(target);
  if (port === '') throw new TypeError('the URL of a target needs a port');
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
}
