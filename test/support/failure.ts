/** What a promise that must fail fails with. */

/** The error; throws when there is none. */
export async function untilFailure(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
  throw new Error('did not fail');
}
