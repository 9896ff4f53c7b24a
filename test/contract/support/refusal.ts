/** What a refused call says. */

/** The code and text of the error that a call must end with. */
export async function refusalOf(call: Promise<unknown>): Promise<{ code: number; details: string }> {
  try {
    await call;
  } catch (error) {
    const { code, details } = error as { readonly code: number; readonly details: string };
    return { code, details };
  }
  throw new Error('expected an error, got an answer');
}
