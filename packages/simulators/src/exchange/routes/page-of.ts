import type { Answer, ExchangeCall } from '../protocol/exchange-call.ts';
import { GraphFailure } from '../protocol/graph-failure.ts';
import { GRAPH_ROOT } from '../protocol/real-hosts.ts';

const DEFAULT_PAGE = 10;
const LARGEST_PAGE = 1000;

/** How a list is answered. */
export interface PageOptions<Entry> {
  /** The end of `@odata.context`. */
  readonly context: string;
  /** Shows one entry. */
  present(entry: Entry): unknown;
}

/** Answers one page of a list: `$top` or `odata.maxpagesize`, `$skip`, `$count`, and a link to the next page. */
export function pageOf<Entry>(call: ExchangeCall, all: readonly Entry[], options: PageOptions<Entry>): Answer {
  const { query, preferences, request } = call;
  if (query.has('$search')) {
    throw new GraphFailure(501, 'NotImplemented', 'The simulator does not search.');
  }
  const top = query.has('$top') ? Number(query.get('$top')) : undefined;
  if (top !== undefined && (top > LARGEST_PAGE || top === 0)) {
    throw new GraphFailure(
      400,
      'BadRequest',
      `The limit of '${LARGEST_PAGE}' for Top query has been exceeded. The value from the incoming request is '${top}'.`,
    );
  }
  const size = Math.min(top ?? preferences.maxPageSize ?? DEFAULT_PAGE, LARGEST_PAGE);
  const skip = Number(query.get('$skip') ?? 0);
  const page = all.slice(skip, skip + size);
  const json: Record<string, unknown> = { '@odata.context': `${GRAPH_ROOT}/$metadata#${options.context}` };
  if (query.get('$count') === 'true') json['@odata.count'] = all.length;
  json['value'] = page.map((entry) => options.present(entry));
  if (skip + size < all.length) {
    const next = new URLSearchParams(query);
    next.set('$top', String(size));
    next.set('$skip', String(skip + size));
    json['@odata.nextLink'] = `https://${request.url.host}${request.url.pathname}?${next.toString()}`;
  }
  return { status: 200, json };
}
