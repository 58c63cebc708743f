/**
 * A process that runs an embedded Postgres in the folder given as its argument until it gets a signal. Prints one
 * line: the connection string, or the reason of the failure.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Logger from "effect/Logger"
import * as EmbeddedPostgres from "../../src/Layers/embedded/EmbeddedPostgres.ts"

const program = EmbeddedPostgres.start({ dataDir: process.argv[2] ?? "", durable: false }).pipe(
  Effect.matchEffect({
    onSuccess: ({ url }) => Effect.andThen(print(Redacted.value(url)), Effect.never),
    onFailure: (error) => print(error.reason),
  }),
  Effect.scoped,
  Effect.provide(Logger.layer([])),
)

const print = (line: string) => Effect.sync(() => process.stdout.write(`${line}\n`))

NodeRuntime.runMain(program)
