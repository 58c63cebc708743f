import type * as Effect from "effect/Effect"
import type { TcpProxy } from "../support/TcpProxy.ts"
import type { Fleet } from "./Fleet.ts"
import type { Ledger } from "./Ledger.ts"
import type { PostgresServer } from "./PostgresServer.ts"
import type { Source } from "./Source.ts"
import type { Spec } from "./Workload.ts"

/** Everything there is in a run for faults to befall. */
export interface World {
  readonly seed: number
  readonly postgres: PostgresServer
  readonly fleet: Fleet
  readonly source: Source
  /** The line on which all workers reach the source. */
  readonly sourceLine: TcpProxy
  readonly ledger: Ledger
  /** The URL of a path of the source, by that line. */
  readonly url: (path: string) => string
  readonly nextNumber: () => number
  /** The files that were made for jobs, by their number. */
  readonly specs: Map<number, Spec>
  /** Counts a fault that was dealt. */
  readonly count: (fault: string) => void
  /** Runs what takes its time beside the schedule; the run's end waits for it. */
  readonly inBackground: (what: string, effect: Effect.Effect<unknown>) => Effect.Effect<void>
}
