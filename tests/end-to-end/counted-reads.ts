import type { Destination } from '@holdfast/contracts';

/** Reads and bytes read. */
export interface ReadCost {
  readonly gets: number;
  readonly bytes: number;
}

/** A storage whose reads are counted. */
export interface CountedReads {
  /** The storage; closing it leaves the one below open. */
  readonly destination: Destination;
  /** What was read of it. */
  cost(): ReadCost;
  /** Begins to count anew. */
  forget(): void;
}

/** Counts the reads of a storage. */
export function countedReads(inner: Destination): CountedReads {
  let gets = 0;
  let bytes = 0;
  return {
    destination: {
      ...inner,
      async get(...request) {
        const answer = await inner.get(...request);
        gets += 1;
        bytes += answer.length;
        return answer;
      },
      async [Symbol.asyncDispose]() {},
    },
    cost: () => ({ gets, bytes }),
    forget() {
      gets = 0;
      bytes = 0;
    },
  };
}

/** The most of each that any of them took. */
export function mostOf(costs: readonly ReadCost[]): ReadCost {
  return {
    gets: Math.max(...costs.map(({ gets }) => gets)),
    bytes: Math.max(...costs.map(({ bytes }) => bytes)),
  };
}
