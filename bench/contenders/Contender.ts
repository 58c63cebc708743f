import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { BenchFailure } from "../BenchFailure.ts"
import type { DataFile } from "../files/DataFiles.ts"

/** Measurements of one load; `null` where unknown. */
export interface Sample {
  readonly wallSeconds: number
  /** From `createdAt` to `finishedAt` of the job. */
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

/** A load that is ready to start. */
interface Prepared {
  readonly load: Effect.Effect<Sample, BenchFailure>
}

/** Something that loads a CSV file into a table. */
export interface Contender {
  readonly name: string
  /** Too slow for every round: runs in the first one only. */
  readonly runsOnce?: boolean
  /** Prepares everything that is not measured, until the scope closes. */
  readonly prepare: (file: DataFile) => Effect.Effect<Prepared, BenchFailure, Scope.Scope>
}
