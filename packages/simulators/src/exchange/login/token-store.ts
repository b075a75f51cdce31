import type { Identifiers } from '../store/identifiers.ts';

/** What {@link TokenStore.check} finds. */
export type TokenState = 'expired' | 'unknown' | 'valid';

/** Issues access tokens and knows which are valid. */
export interface TokenStore {
  /** Milliseconds that a token is valid. */
  readonly lifetimeMs: number;
  /** Makes a token that is valid from now on. */
  issue(): string;
  /** Tells what a token is worth now. */
  check(token: string): TokenState;
  /** Ends the validity of all tokens issued so far. */
  expireAll(): void;
}

/** Makes a {@link TokenStore}. */
export function createTokenStore(
  identifiers: Identifiers,
  { now, lifetimeMs }: { readonly now: () => number; readonly lifetimeMs: number },
): TokenStore {
  const expiries = new Map<string, number>();
  const header = Buffer.from('{"typ":"JWT","alg":"RS256"}').toString('base64url');

  return {
    lifetimeMs,
    issue() {
      const expiry = now() + lifetimeMs;
      const payload = Buffer.from(
        JSON.stringify({
          aud: 'https://graph.microsoft.com',
          exp: Math.floor(expiry / 1000),
          uti: identifiers.text(22, 'token', expiries.size),
        }),
      ).toString('base64url');
      const token = `${header}.${payload}.${identifiers.text(43, 'signature', payload)}`;
      expiries.set(token, expiry);
      return token;
    },
    check(token) {
      const expiry = expiries.get(token);
      if (expiry === undefined) return 'unknown';
      return expiry > now() ? 'valid' : 'expired';
    },
    expireAll() {
      for (const token of expiries.keys()) expiries.set(token, 0);
    },
  };
}
