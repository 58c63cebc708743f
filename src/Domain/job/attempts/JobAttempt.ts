import * as Schema from "effect/Schema"
import { LoadErrorCode } from "../../load/LoadError.ts"
import { time } from "../time.ts"

/**
 * What an attempt spends its time on, in this order. Those after `loading` are only in loads that need them.
 *
 * - `waiting`: from the time when the attempt was due to its start.
 * - `opening`: until the source sends the file.
 * - `detecting`: the first bytes, which show the format, the columns and their types.
 * - `loading`: download and COPY, at the same time.
 * - `converting`: columns get other types.
 * - `merging`: rows get into a table that exists, or duplicate keys are removed.
 * - `indexing`: primary key and indexes.
 * - `analyzing`: the statistics of the table.
 * - `committing`: the table gets its name, and the transaction commits.
 */
export const AttemptPhase = Schema.Literals([
  "waiting",
  "opening",
  "detecting",
  "loading",
  "converting",
  "merging",
  "indexing",
  "analyzing",
  "committing",
])
export type AttemptPhase = typeof AttemptPhase.Type

/**
 * - `completed`, `failed`, `cancelled`: also the states of a job.
 * - `released`: the replica was shut down, or the database of the table did not respond, and the job waits.
 * - `lost`: the replica died, or lost its database.
 */
export const AttemptOutcome = Schema.Literals(["completed", "failed", "cancelled", "released", "lost"])
export type AttemptOutcome = typeof AttemptOutcome.Type

/** How many attempts of a job are kept, the latest ones. */
export const maxAttemptsKept = 20

/** An attempt of a job as its owner sees it. */
export const JobAttempt = Schema.Struct({
  attempt: Schema.Natural.annotate({
    description: "Its number, from 1. A released attempt has the number of the next one.",
  }),
  replica: Schema.NullOr(Schema.Int).annotate({
    description: "Number of the process that ran it, as in its logs.",
  }),
  startedAt: time("When it started."),
  endedAt: Schema.NullOr(
    time("When it ended, or of a lost one when it was last heard of; null while it runs."),
  ),
  outcome: Schema.NullOr(AttemptOutcome).annotate({
    description:
      "completed; failed; cancelled; released: the replica was shut down, or the database of the table did not respond; lost: the replica died or lost its database. null while it runs.",
  }),
  error: Schema.NullOr(
    Schema.Struct({ code: LoadErrorCode, message: Schema.String }).annotate({ identifier: "AttemptError" }),
  ).annotate({ description: "Why it failed; otherwise null." }),
  phases: Schema.Array(
    Schema.Struct({
      phase: AttemptPhase.annotate({
        description:
          "waiting: until the attempt started. opening: until the source sent the file. detecting: format and columns. loading: download and COPY. converting: other types. merging: into the rows of the table. indexing: keys. analyzing: statistics. committing: publishing the table and writing the job's record, up to the commit, if that took 50 ms or more.",
      }),
      seconds: Schema.NullOr(Schema.Finite).annotate({
        description: "How long it lasted; null while it lasts.",
      }),
    }).annotate({ identifier: "AttemptPhase" }),
  ).annotate({
    description:
      "What it spent its time on, in order. Of an attempt that did not end itself, as last reported.",
  }),
}).annotate({ identifier: "JobAttempt", description: "One try of a job by one replica." })
export type JobAttempt = typeof JobAttempt.Type
