/** A position of a waiting job above this one is not counted. */
export const lastCountedPosition = 1000
