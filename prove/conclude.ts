/** What a script of `pnpm prove` says at its end. */
export interface Proof {
  readonly title: string;
  readonly figure: string;
  readonly pass: boolean;
}

/** Prints a proof in the form that `tools/prove.ts` reads. */
export function conclude(proof: Proof): void {
  console.log(JSON.stringify(proof));
}
