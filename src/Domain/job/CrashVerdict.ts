/**
 * How a job is loaded after crashes: claims whose holder died, or lost its database, before it could say how
 * its attempt ended. The file may be what kills its workers, or may have been next to it.
 */
export type CrashVerdict =
  | "Load"
  /** On a replica that loads nothing else meanwhile: if the file kills, it kills nobody's load but its own. */
  | "LoadAlone"
  | "GiveUp"

/** Once may be an accident, of which a suspicion would cost more than it saves. */
const suspectFrom = 2

/** A job that never was the cause must outlive some accidents beyond those that made it a suspect. */
export const maxCrashes = 5

/**
 * Accidents in company end with the second crash; those that follow are the file's own, or happen to it
 * alone. So a file that kills each of its workers is given up after five of them, while the jobs it took with
 * it have lost two attempts at most.
 */
export const crashVerdict = (crashes: number): CrashVerdict =>
  crashes >= maxCrashes ? "GiveUp" : crashes >= suspectFrom ? "LoadAlone" : "Load"
