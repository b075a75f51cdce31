import { REAL_HOSTS } from './protocol/real-hosts.ts';

/**
 * Makes a `fetch` that carries requests for the hosts of the service (graph.microsoft.com, login.microsoftonline.com,
 * outlook.office.com) to a simulator, over HTTP on loopback. Every other address is refused with a `TypeError`, so that
 * nothing that is meant for the simulator ever reaches the network.
 *
 * @example Using a simulator that runs in another process
 * ```ts no-run
 * import { exchangeFetch } from '@holdfast/simulators/exchange';
 *
 * const fetch = exchangeFetch('http://127.0.0.1:8025');
 * const answer = await fetch('https://graph.microsoft.com/v1.0/users/ada@example.org', {
 *   headers: { authorization: 'Bearer …' },
 * });
 * ```
 */
export function exchangeFetch(url: string): typeof globalThis.fetch {
  const base = url.replace(/\/$/, '');
  return async (input, init) => {
    const address = new URL(input instanceof Request ? input.url : input);
    if (address.protocol !== 'https:' || !REAL_HOSTS.has(address.host)) {
      throw new TypeError(`The Exchange simulator does not stand in for ${address.origin}`);
    }
    const target = `${base}/${address.host}${address.pathname}${address.search}`;
    return fetch(input instanceof Request ? new Request(target, input) : target, init);
  };
}
