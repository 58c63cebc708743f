import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { AppConfig } from "../AppConfig.ts"

/** `DATABASE_URL` is needed and not set. */
class DatabaseUrlMissing extends Schema.TaggedError<DatabaseUrlMissing>()("DatabaseUrlMissing", {
  message: Schema.String,
}) {}

/** The connection string of the database all of the service's connections go to. */
export class DatabaseUrl extends Context.Service<DatabaseUrl, Redacted.Redacted>()(
  "sluice/Layers/postgres/DatabaseUrl",
) {
  /** The operator's database. */
  static readonly layerConfig = Layer.effect(
    DatabaseUrl,
    Effect.flatMap(AppConfig, ({ databaseUrl }) => Effect.fromOption(databaseUrl)).pipe(
      Effect.catchTag("NoSuchElementError", () =>
        Effect.fail(
          new DatabaseUrlMissing({
            message: "Set DATABASE_URL, for example postgres://user:password@localhost:5432/sluice.",
          }),
        ),
      ),
    ),
  )
}
