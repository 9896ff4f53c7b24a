/** A module that tests import in nodes. */
export const name = 'loaded';
