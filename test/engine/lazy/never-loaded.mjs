/** A module that tests import in nodes. */
export const name = 'never-loaded';
