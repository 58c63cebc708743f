import { assert, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { AppConfig } from "../../../../src/Layers/process/AppConfig.ts"
import { misspelt } from "../../../../src/Layers/process/settings/readSettings.ts"
import { digestOf } from "../../../../src/Layers/process/keys/KeySecret.ts"

const configured = (env: Record<string, string>) =>
  AppConfig.pipe(
    Effect.provide(AppConfig.layer),
    Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env })),
  )

const refused = (env: Record<string, string>) =>
  Effect.map(Effect.flip(configured(env)), (error) => error.message)

const file = (content: string): string => {
  const path = join(mkdtempSync(join(tmpdir(), "secret-")), "secret")
  writeFileSync(path, content)
  return path
}

it.effect("secrets may be given as files", () =>
  Effect.gen(function* () {
    const { apiKeys, databaseDefaults, databaseUrl } = yield* configured({
      DATABASE_URL_FILE: file("postgres://u@db/d\n"),
      API_KEYS_FILE: file("a,b\n"),
      PGPASSWORD_FILE: file(" p \n"),
    })
    assert.deepStrictEqual(Option.map(databaseUrl, Redacted.value), Option.some("postgres://u@db/d"))
    assert.deepStrictEqual(
      apiKeys.map(({ digest }) => digest),
      ["a", "b"].map(digestOf),
    )
    assert.deepStrictEqual(databaseDefaults, { password: " p " })
  }),
)

it.effect("a secret that is given twice, or whose file is missing, is refused", () =>
  Effect.gen(function* () {
    assert.match(
      yield* refused({ API_KEYS: "a", API_KEYS_FILE: file("b") }),
      /API_KEYS: is set, and so is API_KEYS_FILE/,
    )
    assert.match(
      yield* refused({ DATABASE_URL_FILE: "/nowhere/url" }),
      /DATABASE_URL: cannot be read .*ENOENT/,
    )
  }),
)

it.effect("a secret that is given instead of the path of its file is not shown", () =>
  Effect.gen(function* () {
    for (const secret of ["postgres://u:s3cret@db/d", "/s3cret=", "x".repeat(5000) + "s3cret"]) {
      const message = yield* refused({ DATABASE_URL_FILE: secret })
      assert.match(message, /DATABASE_URL: cannot be read from the path in DATABASE_URL_FILE: E[A-Z]+/)
      assert.notInclude(message, "s3cret")
    }
  }),
)

it.effect("log levels may have any letter case", () =>
  Effect.gen(function* () {
    assert.strictEqual((yield* configured({ LOG_LEVEL: "debug" })).logLevel, "Debug")
    assert.strictEqual((yield* configured({ LOG_LEVEL: "WARN" })).logLevel, "Warn")
  }),
)

it.effect("a time without limit is written as unlimited, where one may be given", () =>
  Effect.gen(function* () {
    const { jobRetention, shutdownGrace } = yield* configured({
      SHUTDOWN_GRACE: "unlimited",
      JOB_RETENTION: "Infinity",
    })
    assert.isFalse(Duration.isFinite(shutdownGrace))
    assert.isFalse(Duration.isFinite(jobRetention))
    assert.include(
      yield* refused({ SHUTDOWN_GRACE: "forever" }),
      'SHUTDOWN_GRACE=forever: expected a duration with its unit, such as "30 seconds", or unlimited',
    )
  }),
)

it.effect("an endpoint that is no URL is refused, because its exports would fail silently", () =>
  Effect.gen(function* () {
    for (const endpoint of ["collector", "collector:4318", "grpc://collector:4317"])
      assert.include(
        yield* refused({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }),
        "expected a URL such as http://",
      )
  }),
)

it("only a name close to a long one of Sluice's own is a misspelt variable", () => {
  const known = [
    "HOST",
    "PORT",
    "API_KEYS",
    "DATABASE_URL",
    "LOG_LEVEL",
    "FILESERVER_PORT",
    "PGUSER",
    "PGHOST",
  ]
  for (const [name, meant] of [
    ["API_KEY", "API_KEYS"],
    ["LOGLEVEL", "LOG_LEVEL"],
    ["DATABASE_URI", "DATABASE_URL"],
    ["FILE_SERVER_PORT", "FILESERVER_PORT"],
  ] as const)
    assert.strictEqual(misspelt(name, known), meant)
  for (const name of ["USER", "POST", "PORTS", "SORT", "API_HOST", "SERVER_PORT", "DATABASE_USER", "PG_HOST"])
    assert.isUndefined(misspelt(name, known), name)
})
