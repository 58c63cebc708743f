import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"
import type { LimitReached } from "../../../Domain/service/Limits.ts"

/** Runs the statement that inserts a job in a transaction that counts first. */
type Admit = <A, E, R>(insert: Effect.Effect<A, E, R>) => Effect.Effect<A, E | SqlError | LimitReached, R>

/**
 * How the statement that inserts a job is admitted. Only the statement, and not the whole creation: that may wait for another database, and
 * what counts holds locks for which other creations wait.
 */
export const Admission = Context.Reference<Admit>("sluice/Layers/queue/Admission", {
  defaultValue: () => (insert) => insert,
})

/** Creates a job whose statement must be admitted, in addition to what admits it anyway. */
export const admitBy = <A, E, R>(admit: Admit, create: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.flatMap(Admission, (outer) =>
    Effect.provideService(create, Admission, (insert) => outer(admit(insert))),
  )
