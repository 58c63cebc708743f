import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { BenchFailure } from "../BenchFailure.ts"
import type { DataFile } from "../files/DataFiles.ts"

/** What one load took. What cannot be known is `null`. */
export interface Sample {
  readonly wallSeconds: number
  /** By the job's own record, `createdAt` to `finishedAt`. */
  readonly recordedSeconds: number | null
  /** CPU of the process that feeds Postgres: Sluice's worker, psql, … */
  readonly clientCpuSeconds: number | null
  /** CPU of the backends that took the rows. */
  readonly backendCpuSeconds: number | null
  /** Peak resident memory of the feeding process. */
  readonly peakMemoryBytes: number | null
  /** The table that was loaded, as SQL names it. */
  readonly table: string
}

/** Ready to load: all that is left to do is what is measured. */
interface Prepared {
  readonly load: Effect.Effect<Sample, BenchFailure>
}

/** Something that loads a CSV file into a table. */
export interface Contender {
  readonly name: string
  /** Too slow to run in every round: it runs in the first one. */
  readonly runsOnce?: boolean
  /** Gets everything ready, for as long as the scope is open. */
  readonly prepare: (file: DataFile) => Effect.Effect<Prepared, BenchFailure, Scope.Scope>
}
