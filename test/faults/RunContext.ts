import type * as Effect from "effect/Effect"
import type { TcpProxy } from "../support/TcpProxy.ts"
import type { Fleet } from "./Fleet.ts"
import type { JobTracker } from "./JobTracker.ts"
import type { PostgresServer } from "./PostgresServer.ts"
import type { Source } from "./Source.ts"
import type { Spec } from "./Workload.ts"

/** The parts of a run. */
export interface RunContext {
  readonly seed: number
  readonly postgres: PostgresServer
  /** The server of the tables: the same, or another one. */
  readonly tables: PostgresServer
  readonly fleet: Fleet
  readonly source: Source
  /** The proxy between all workers and the source. */
  readonly sourceProxy: TcpProxy
  readonly tracker: JobTracker
  /** The URL of a path of the source, through that proxy, on a host by the number of the file. */
  readonly url: (path: string, number: number) => string
  readonly nextNumber: () => number
  /** The specs of the files so far, by number. */
  readonly specs: Map<number, Spec>
  /** Counts an injected fault. */
  readonly count: (fault: string) => void
  /** Runs the effect in the background. The run waits for its end. */
  readonly inBackground: (what: string, effect: Effect.Effect<unknown>) => Effect.Effect<void>
}
