import type { Answer, RawRequest } from '../protocol/exchange-call.ts';
import { LOGIN_HOST } from '../protocol/real-hosts.ts';
import type { Identifiers } from '../store/identifiers.ts';
import type { TokenStore } from './token-store.ts';

/** What the token endpoint knows. */
export interface LoginOptions {
  /** Id of the tenant (GUID). */
  readonly tenant: string;
  /** Domains of the tenant, which stand for its id. */
  readonly domains: ReadonlySet<string>;
  /** Id of the application. */
  readonly clientId: string;
  /** Its secret. */
  readonly clientSecret: string;
  /** Whether the secret is past its time. */
  readonly secretExpired: () => boolean;
  /** Where tokens come from. */
  readonly tokens: TokenStore;
  /** Where trace ids come from. */
  readonly identifiers: Identifiers;
  /** The present, milliseconds since 1970. */
  readonly now: () => number;
}

/** Answers what is asked of the login host: tokens by client credentials, and the two documents of discovery. */
export function answerLogin(request: RawRequest, options: LoginOptions): Answer {
  const [, tenant = '', ...rest] = request.url.pathname.split('/');
  const path = rest.join('/').toLowerCase();
  if (request.method === 'GET' && path === 'discovery/instance') return instanceDiscovery(options.tenant);
  const known = tenant.toLowerCase() === options.tenant || options.domains.has(tenant.toLowerCase());
  if (!known) {
    const code = /^[0-9a-f-]{36}$/i.test(tenant) || tenant.includes('.') ? 90002 : 900023;
    const text =
      code === 90002
        ? `Tenant '${tenant}' not found.`
        : `Specified tenant identifier '${tenant}' is neither a valid DNS name, nor a valid external domain.`;
    return loginFailure(options, { status: 400, error: 'invalid_request', code, text });
  }
  if (request.method === 'GET' && path === 'v2.0/.well-known/openid-configuration') return openId(options.tenant);
  if (request.method === 'POST' && path === 'oauth2/v2.0/token') return token(request, options);
  return { status: 404 };
}

function token(request: RawRequest, options: LoginOptions): Answer {
  const form = new URLSearchParams(new TextDecoder().decode(request.body));
  const fail = (status: number, error: string, code: number, text: string): Answer =>
    loginFailure(options, { status, error, code, text });

  if (form.get('grant_type') !== 'client_credentials') {
    return fail(
      400,
      'unsupported_grant_type',
      70003,
      `The app requested an unsupported grant type '${form.get('grant_type') ?? ''}'.`,
    );
  }
  if (form.get('client_id') !== options.clientId) {
    return fail(
      400,
      'unauthorized_client',
      700016,
      `Application with identifier '${form.get('client_id') ?? ''}' was not found in the directory.`,
    );
  }
  if (!form.has('client_secret')) {
    return fail(
      401,
      'invalid_client',
      7000216,
      "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
    );
  }
  if (form.get('client_secret') !== options.clientSecret) {
    return fail(
      401,
      'invalid_client',
      7000215,
      `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${options.clientId}'.`,
    );
  }
  if (options.secretExpired()) {
    return fail(
      401,
      'invalid_client',
      7000222,
      `The provided client secret keys for app '${options.clientId}' are expired.`,
    );
  }
  const scopes = (form.get('scope') ?? '').split(' ');
  if (!scopes.includes('https://graph.microsoft.com/.default')) {
    return fail(
      400,
      'invalid_scope',
      70011,
      `The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid.`,
    );
  }
  return {
    status: 200,
    json: {
      token_type: 'Bearer',
      expires_in: Math.floor(options.tokens.lifetimeMs / 1000),
      ext_expires_in: Math.floor(options.tokens.lifetimeMs / 1000),
      access_token: options.tokens.issue(),
    },
  };
}

/** An error of the login host. */
export interface LoginFailure {
  /** HTTP status. */
  readonly status: number;
  /** The name of OAuth for it. */
  readonly error: string;
  /** The number behind `AADSTS`. */
  readonly code: number;
  /** What it says. */
  readonly text: string;
}

/** Shows an error as the login host does. */
export function loginFailure({ identifiers, now }: LoginOptions, { status, error, code, text }: LoginFailure): Answer {
  const trace = identifiers.guid('trace', code);
  const correlation = identifiers.guid('correlation', code);
  const timestamp = `${new Date(now()).toISOString().slice(0, 19).replace('T', ' ')}Z`;
  return {
    status,
    json: {
      error,
      error_description: `AADSTS${code}: ${text} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`,
      error_codes: [code],
      timestamp,
      trace_id: trace,
      correlation_id: correlation,
      error_uri: `https://${LOGIN_HOST}/error?code=${code}`,
    },
  };
}

function instanceDiscovery(tenant: string): Answer {
  return {
    status: 200,
    json: {
      tenant_discovery_endpoint: `https://${LOGIN_HOST}/${tenant}/v2.0/.well-known/openid-configuration`,
      'api-version': '1.1',
      metadata: [
        {
          preferred_network: LOGIN_HOST,
          preferred_cache: 'login.windows.net',
          aliases: [LOGIN_HOST, 'login.windows.net'],
        },
      ],
    },
  };
}

function openId(tenant: string): Answer {
  const root = `https://${LOGIN_HOST}/${tenant}`;
  return {
    status: 200,
    json: {
      token_endpoint: `${root}/oauth2/v2.0/token`,
      token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
      jwks_uri: `${root}/discovery/v2.0/keys`,
      response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
      issuer: `${root}/v2.0`,
      authorization_endpoint: `${root}/oauth2/v2.0/authorize`,
      device_authorization_endpoint: `${root}/oauth2/v2.0/devicecode`,
      end_session_endpoint: `${root}/oauth2/v2.0/logout`,
      tenant_region_scope: 'EU',
      cloud_instance_name: 'microsoftonline.com',
    },
  };
}
