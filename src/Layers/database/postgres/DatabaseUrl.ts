import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { AppConfig } from "../../process/AppConfig.ts"

const example = "Set it to, for example, postgres://user:password@localhost:5432/sluice."

/** `DATABASE_URL` is required and is missing or malformed. */
class DatabaseUrlInvalid extends Schema.TaggedError<DatabaseUrlInvalid>()("DatabaseUrlInvalid", {
  message: Schema.String,
}) {}

const invalid = (problem: string) =>
  new DatabaseUrlInvalid({ message: `DATABASE_URL ${problem}. ${example}` })

const isConnectionString = (text: string): boolean => {
  const url = URL.parse(text)
  if (url === null || !/^postgres(?:ql)?:$/.test(url.protocol)) return false
  return [url.username, url.password, url.pathname].every((part) => !/%(?![0-9a-f]{2})/i.test(part))
}

/** The connection string for all of the service's connections. */
export class DatabaseUrl extends Context.Service<DatabaseUrl, Redacted.Redacted>()(
  "sluice/Layers/postgres/DatabaseUrl",
) {
  /** From `DATABASE_URL`. */
  static readonly layerConfig = Layer.effect(
    DatabaseUrl,
    Effect.flatMap(AppConfig, ({ databaseUrl }) => Effect.fromOption(databaseUrl)).pipe(
      Effect.filterOrFail(
        (url) => isConnectionString(Redacted.value(url)),
        () => invalid("is not a Postgres connection string"),
      ),
      Effect.catchTag("NoSuchElementError", () => Effect.fail(invalid("is not set"))),
    ),
  )
}
