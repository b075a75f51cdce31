import type { Exchange } from '../../src/exchange/index.ts';

/** What tests read out of JSON answers. */
export interface GraphJson {
  readonly '@odata.type'?: string;
  readonly '@odata.count'?: number;
  readonly '@odata.nextLink'?: string;
  readonly '@odata.deltaLink'?: string;
  readonly '@odata.etag'?: string;
  readonly '@removed'?: { readonly reason: string };
  readonly access_token: string;
  readonly attachments: readonly GraphJson[];
  readonly bccRecipients: readonly GraphJson[];
  readonly body: GraphJson & string;
  readonly categories: readonly string[];
  readonly changeKey: string;
  readonly childFolderCount: number;
  readonly code: string;
  readonly content: string;
  readonly contentBytes?: string;
  readonly displayName: string;
  readonly error: GraphJson;
  readonly error_codes: readonly number[];
  readonly errorDetails: GraphJson;
  readonly flag: { readonly flagStatus: string };
  readonly hasAttachments: boolean;
  readonly id: string;
  readonly innerError: Readonly<Record<string, string>>;
  readonly internetMessageHeaders?: readonly unknown[];
  readonly isDraft: boolean;
  readonly isHidden: boolean;
  readonly isInline: boolean;
  readonly isRead: boolean;
  readonly item: GraphJson;
  readonly message: string;
  readonly name: string;
  readonly nextExpectedRanges: readonly string[];
  readonly parentFolderId: string;
  readonly receivedDateTime: string;
  readonly responses: readonly GraphJson[];
  readonly sentDateTime: string;
  readonly singleValueExtendedProperties?: readonly { readonly id: string; readonly value: string }[];
  readonly headers: Readonly<Record<string, string>>;
  readonly status: number;
  readonly subject: string;
  readonly targetId: string;
  readonly toRecipients: readonly unknown[];
  readonly token_endpoint: string;
  readonly totalItemCount: number;
  readonly unreadItemCount: number;
  readonly uploadUrl: string;
  readonly userPrincipalName: string;
  readonly value: readonly GraphJson[];
}

/** An answer, read to its end. */
export interface GraphReply {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
  readonly text: string;
  readonly json: GraphJson;
}

/** What a request carries beside its address. */
export interface GraphRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly json?: unknown;
}

/** Sends requests as a client with a valid token does. */
export type GraphClient = (pathOrUrl: string, request?: GraphRequest) => Promise<GraphReply>;

/** Asks the token endpoint; fields given replace the usual ones. */
export async function requestToken(
  exchange: Exchange,
  fields: Readonly<Record<string, string>> = {},
): Promise<GraphReply> {
  const { tenant = exchange.tenant, ...form } = fields;
  const url = `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`;
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: exchange.credentials.clientId,
    client_secret: exchange.credentials.clientSecret,
    scope: 'https://graph.microsoft.com/.default',
    ...form,
  });
  return toReply(await exchange.fetch(url, { method: 'POST', body }));
}

/** Logs in and returns a client. A path is below `https://graph.microsoft.com/v1.0`. */
export async function graphClient(exchange: Exchange): Promise<GraphClient> {
  const { json } = await requestToken(exchange);
  const authorization = `Bearer ${json.access_token}`;
  return async (pathOrUrl, { method = 'GET', headers = {}, body, json: value } = {}) => {
    const url = pathOrUrl.startsWith('https:') ? pathOrUrl : `https://graph.microsoft.com/v1.0${pathOrUrl}`;
    const response = await exchange.fetch(url, {
      method,
      headers: {
        ...(!url.startsWith('https://outlook.office.com') && { authorization }),
        ...(value !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(value !== undefined && { body: JSON.stringify(value) }),
      ...(body !== undefined && { body }),
    });
    return toReply(response);
  };
}

async function toReply(response: Response): Promise<GraphReply> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  const text = new TextDecoder().decode(bytes);
  const isJson = response.headers.get('content-type')?.includes('json') === true && text !== '';
  let json: unknown;
  try {
    json = isJson ? JSON.parse(text) : undefined;
  } catch {
    json = undefined;
  }
  return { status: response.status, headers: response.headers, bytes, text, json: json as GraphJson };
}
