/** Shorter phases of an attempt are not listed. In seconds. */
export const shortestPhase = 0.05
