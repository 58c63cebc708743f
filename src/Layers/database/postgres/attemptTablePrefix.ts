/** The start of the names of the tables that attempts fill. */
export const attemptTablePrefix = "load "
