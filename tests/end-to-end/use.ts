/**
 * Uses something that must be disposed of. Programs here run on Node 22 as they stand, which does not know `await using`.
 */
export async function use<Resource extends AsyncDisposable, Result>(
  opening: Promise<Resource>,
  act: (resource: Resource) => Promise<Result>,
): Promise<Result> {
  const resource = await opening;
  try {
    return await act(resource);
  } finally {
    await resource[Symbol.asyncDispose]();
  }
}
