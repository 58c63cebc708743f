import * as Data from "effect/Data"
import * as Effect from "effect/Effect"

/** The bench, or something that it measures, failed. */
export class BenchFailure extends Data.TaggedError("BenchFailure")<{
  readonly message: string
  readonly cause?: unknown
}> {}

/** Runs a promise; a failure is reported as `cannot <what>`. */
export const attempt = <A>(
  what: string,
  run: (signal: AbortSignal) => Promise<A>,
): Effect.Effect<A, BenchFailure> =>
  Effect.tryPromise({
    try: run,
    catch: (cause) =>
      new BenchFailure({
        message: `cannot ${what}: ${cause instanceof Error ? cause.message : String(cause)}`,
        cause,
      }),
  })
