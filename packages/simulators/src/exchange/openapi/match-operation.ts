import { operations } from './operations.ts';
import type { OperationDescription } from './operations.ts';

/** An operation that was found for a request, with the parameters of its path. */
export interface OperationMatch {
  /** The operation. */
  readonly operation: OperationDescription;
  /** Parameters of the path, decoded, by name. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** What {@link matchOperation} finds: an operation, a path without that method, or nothing. */
export type OperationSearch = OperationMatch | 'method-not-allowed' | 'not-found';

interface Candidate {
  readonly operation: OperationDescription;
  readonly segments: readonly string[];
}

const candidates: ReadonlyMap<number, readonly Candidate[]> = Map.groupBy(
  operations.map((operation) => ({ operation, segments: operation.path.split('/').slice(1) })),
  ({ segments }) => segments.length,
);

/**
 * Finds the operation of a method and a path below `/v1.0`. Fixed segments are compared without case and win over
 * parameters; `users('ada')` means `users/ada`, as in links that the service hands out.
 */
export function matchOperation(method: string, path: string): OperationSearch {
  const segments = path
    .replaceAll(/\('([^']*)'\)/g, '/$1')
    .split('/')
    .slice(1);
  let pathKnown = false;
  let best: (OperationMatch & { readonly fixed: number }) | undefined;
  for (const candidate of candidates.get(segments.length) ?? []) {
    const match = matchSegments(candidate, segments);
    if (match === undefined) continue;
    pathKnown = true;
    if (candidate.operation.method === method && (best === undefined || match.fixed > best.fixed)) best = match;
  }
  return best ?? (pathKnown ? 'method-not-allowed' : 'not-found');
}

function matchSegments(
  { operation, segments }: Candidate,
  actual: readonly string[],
): (OperationMatch & { readonly fixed: number }) | undefined {
  const parameters: Record<string, string> = {};
  let fixed = 0;
  for (const [index, segment] of segments.entries()) {
    const value = decode(actual[index] ?? '');
    if (segment.startsWith('{')) {
      if (value === '') return undefined;
      parameters[segment.slice(1, -1)] = value;
    } else if (segment.toLowerCase() === value.toLowerCase()) {
      fixed++;
    } else {
      return undefined;
    }
  }
  return { operation, parameters, fixed };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
