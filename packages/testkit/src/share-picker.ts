/**
 * Makes a function that finds the share that a number from 0 to 1 falls into, by its index; `-1` beyond all of them.
 *
 * @throws RangeError if a share is negative or no number, or if all together are more than 1.
 */
export function sharePicker(shares: readonly number[]): (where: number) => number {
  let sum = 0;
  const bounds = shares.map((share) => {
    if (!(share >= 0)) throw new RangeError(`a share is a number from 0 to 1, got ${share}`);
    sum += share;
    return sum;
  });
  if (sum > 1 + 1e-9) throw new RangeError(`all shares together are at most 1, got ${sum}`);
  return (where) => bounds.findIndex((bound) => where < bound);
}
