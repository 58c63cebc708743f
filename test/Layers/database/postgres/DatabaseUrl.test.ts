import { assert, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { AppConfig } from "../../../../src/Layers/process/AppConfig.ts"
import { DatabaseUrl } from "../../../../src/Layers/database/postgres/DatabaseUrl.ts"

const configured = (environment: Readonly<Record<string, string>>) =>
  Effect.map(DatabaseUrl, Redacted.value).pipe(
    Effect.provide(
      DatabaseUrl.layerConfig.pipe(
        Layer.provide(AppConfig.layer),
        Layer.provide(ConfigProvider.layer(ConfigProvider.fromUnknown(environment))),
      ),
    ),
  )

for (const url of ["postgres://user:p%40ss@db:5432/sluice", "postgresql:///sluice?host=/run/postgresql"])
  it.effect(`${url} is used unchanged`, () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* configured({ DATABASE_URL: url }), url)
    }),
  )

const malformed = {
  "a host alone": "db:5432",
  "a URL of another database system": "mysql://user:hunter2@db/sluice",
  "a password with a bare %": "postgres://user:hunter2%@db/sluice",
  "no URL at all": "host=db password=hunter2",
}
for (const [what, url] of Object.entries(malformed))
  it.effect(`a DATABASE_URL that is ${what} is refused; the message names the variable, not its value`, () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(configured({ DATABASE_URL: url }))
      assert.match(error.message, /^DATABASE_URL is not a Postgres connection string/)
      assert.notInclude(error.message, "hunter2")
    }),
  )

it.effect("a missing DATABASE_URL is named in the error", () =>
  Effect.gen(function* () {
    assert.match((yield* Effect.flip(configured({}))).message, /^DATABASE_URL is not set/)
  }),
)
