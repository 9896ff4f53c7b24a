/** The error of a refused call. */

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

export const DENIED = { code: 7, details: 'etcdserver: permission denied' };
export const USER_EMPTY = { code: 3, details: 'etcdserver: user name is empty' };
export const INVALID_TOKEN = { code: 16, details: 'etcdserver: invalid auth token' };
export const AUTH_FAILED = {
  code: 3,
  details: 'etcdserver: authentication failed, invalid user ID or password',
};
export const INVALID_MANAGEMENT = { code: 3, details: 'etcdserver: invalid auth management' };
