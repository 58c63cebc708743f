import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Caller } from "../../src/Domain/service/Caller.ts"
import { AppConfig } from "../../src/Layers/process/AppConfig.ts"
import * as JobsBackend from "../../src/Layers/JobsBackend.ts"
import * as LoadBackend from "../../src/Layers/LoadBackend.ts"
import { DatabaseServer } from "../../src/Layers/database/postgres/DatabaseServer.ts"
import { someCaller } from "./someCaller.ts"
import { TestDatabase } from "./TestDatabase.ts"

/** The configuration from these environment variables, with the test's own database, and `someCaller`. */
export const config = (settings: Readonly<Record<string, string>>) =>
  Layer.effect(
    AppConfig,
    Effect.gen(function* () {
      const { url } = yield* TestDatabase
      return AppConfig.of({ ...(yield* AppConfig), databaseUrl: Option.some(url) })
    }),
  ).pipe(
    Layer.provide(AppConfig.layer),
    Layer.provide(
      ConfigProvider.layer(
        ConfigProvider.fromUnknown({
          ALLOWED_HOSTS: "127.0.0.0/8",
          SOURCE_HOST_CONCURRENCY: "unlimited",
          ...settings,
        }),
      ),
    ),
    Layer.merge(Layer.succeed(Caller, someCaller)),
  )

/** The service's layers on the test's database, configured by these environment variables. */
export const onDatabase = (settings: Readonly<Record<string, string>>) =>
  LoadBackend.layer.pipe(
    Layer.provideMerge(JobsBackend.layer),
    Layer.provide(DatabaseServer.layerConfig),
    Layer.provideMerge(config(settings)),
  )

/** `onDatabase` on a new database. */
export const layer = (settings: Readonly<Record<string, string>> = {}) =>
  Layer.provideMerge(onDatabase(settings), TestDatabase.layer)
