import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { Client } from "pg"
import { EmbeddedPostgresError, systemCode } from "./EmbeddedPostgresError.ts"

/** Between two tries to connect. */
const pause = "25 millis"

/** Succeeds when the server accepts a connection: no text in a log says as much. */
export const untilReady = Effect.fnUntraced(
  function* (url: Redacted.Redacted) {
    for (let tries = 1; ; tries++) {
      const answer = yield* connect(url)
      if (answer === "ready") return
      if (tries === 200)
        yield* Effect.log("Postgres is still starting; after an unclean stop it may take minutes")
      yield* Effect.sleep(pause)
    }
  },
  // Only a hung server gets here: one that ends is noticed at once, and recovery takes minutes at most.
  Effect.timeoutOrElse({
    duration: "15 minutes",
    orElse: () =>
      Effect.fail(
        new EmbeddedPostgresError({
          reason: "StartFailed",
          message: "Postgres accepted no connection for 15 minutes.",
        }),
      ),
  }),
)

const connect = (url: Redacted.Redacted) =>
  Effect.callback<"ready" | "not yet", EmbeddedPostgresError>((resume) => {
    const client = new Client({ connectionString: Redacted.value(url), connectionTimeoutMillis: 5000 })
    // A connection may also break after its failure has been reported.
    client.on("error", (error) => resume(verdict(error)))
    client.connect().then(
      () => client.end().then(() => resume(Effect.succeed("ready"))),
      (error: unknown) => resume(verdict(error)),
    )
    return Effect.promise(() => client.end())
  })

/** Class 28 is a refused login (Postgres documentation, Appendix A); anything else passes with time. */
const verdict = (error: unknown) =>
  systemCode(error)?.startsWith("28") === true
    ? Effect.fail(
        new EmbeddedPostgresError({
          reason: "FolderDamaged",
          message: `The password kept in the data folder is not the database's: ${String(error)}.`,
          cause: error,
        }),
      )
    : Effect.succeed("not yet" as const)
