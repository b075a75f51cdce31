/** Work that goes on while nobody waits for it. */
export interface Underway {
  /** Keeps an eye on work until it has ended. Whoever cares how it ended has to see to that. */
  add(work: Promise<unknown>): void;
  /** Waits until all that goes on at this moment has ended, in whatever way. */
  settle(): Promise<void>;
}

/** Makes an {@link Underway} of nothing. */
export function createUnderway(): Underway {
  const works = new Set<Promise<void>>();

  return {
    add(work) {
      const leave = (): void => void works.delete(watched);
      const watched = work.then(leave, leave);
      works.add(watched);
    },
    async settle() {
      await Promise.all(works);
    },
  };
}
