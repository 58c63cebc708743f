/**
 * How to load a job after crashes: earlier claims whose worker died, or lost its database, before it could settle. The
 * file may have caused the crashes, or another file that was loaded at the same time.
 */
export type CrashDecision =
  | "Load"
  /** On a replica that loads nothing else meanwhile, so that a crash hits no other job. */
  | "LoadAlone"
  | "GiveUp"

/** One crash may be an accident. Loading alone after each accident would cost more than it saves. */
export const suspectFrom = 2

/** More than `suspectFrom`, so that a job that crashed with others can have further accidents. */
export const maxCrashes = 5

/**
 * A job is a suspect after its second crash. From then on it is loaded alone, so all further crashes are its own or
 * accidents. A file that crashes every worker is given up after five of them, and the jobs that were loaded together
 * with it lose at most two attempts each.
 */
export const decideAfterCrashes = (crashes: number): CrashDecision =>
  crashes >= maxCrashes ? "GiveUp" : crashes >= suspectFrom ? "LoadAlone" : "Load"
