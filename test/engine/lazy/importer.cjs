/** Imports as Node.js does: Vitest leaves a module that was required as it is. */
module.exports = (specifier) => import(specifier);
