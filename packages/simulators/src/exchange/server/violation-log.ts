/** A request or an answer outside of the description. */
export interface Violation {
  /** Which side broke it. An answer outside of the description is a defect of the simulator. */
  readonly side: 'answer' | 'request';
  /** Method and path. */
  readonly request: string;
  /** What is wrong. */
  readonly message: string;
}

/** Collects what was outside of the description of the service. */
export interface ViolationLog {
  /** What nobody has taken yet, oldest first. */
  readonly entries: readonly Violation[];
  /** Returns what nobody has taken yet, and clears it: for tests that break the description on purpose. */
  take(): readonly Violation[];
}

/** The side of {@link ViolationLog} that the server writes to. */
export interface ViolationRecorder extends ViolationLog {
  /** How many requests and answers were checked against the description. */
  readonly checked: Readonly<Record<Violation['side'], number>>;
  /** How many violations were taken. */
  readonly taken: number;
  /** Counts a request or an answer that is checked. */
  recordChecked(side: Violation['side']): void;
  /** Notes a violation. */
  record(violation: Violation): void;
}

/** Makes an empty {@link ViolationRecorder}. */
export function createViolationLog(): ViolationRecorder {
  const checked = { answer: 0, request: 0 };
  let entries: Violation[] = [];
  let count = 0;
  return {
    checked,
    recordChecked(side) {
      checked[side]++;
    },
    get entries() {
      return entries;
    },
    get taken() {
      return count;
    },
    take() {
      const taken = entries;
      entries = [];
      count += taken.length;
      return taken;
    },
    record(violation) {
      entries.push(violation);
    },
  };
}

/** Thrown when a simulator is closed although something was outside of the description and nobody took it. */
export class DescriptionViolatedError extends Error {
  /** Always `'DescriptionViolatedError'`. */
  override readonly name = 'DescriptionViolatedError' as const;
  /** What was outside of the description. */
  readonly violations: readonly Violation[];

  constructor(violations: readonly Violation[]) {
    const lines = violations.map(({ side, request, message }) => `${side} of ${request}: ${message}`);
    super(`outside of the description of Microsoft Graph:\n${lines.join('\n')}`);
    this.violations = violations;
  }
}
