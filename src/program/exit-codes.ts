/** The exit codes of the process; those of `sim` if both have the same reason. */
export const exitCodes = {
  /** The input has ended, or the user has; or the work is done. */
  done: 0,
  /** The work of a program that is no conversation could not be done. */
  failed: 1,
  /** The arguments make no sense. */
  usage: 64,
  /** The program itself is at fault. */
  internal: 70,
  /** As shells say SIGHUP, SIGINT, SIGTERM: 128 and the signal's number. */
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;
