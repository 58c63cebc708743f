import * as ConfigProvider from "effect/ConfigProvider"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import type * as Scope from "effect/Scope"
import {
  FetchHttpClient,
  HttpClient,
  HttpEffect,
  HttpRouter,
  HttpServer,
  type HttpServerRequest,
} from "effect/http"
import { env } from "node:process"
import { layerRoutes } from "../../Api/HttpServer.ts"
import { routerConfig } from "../../Api/http/RoutePaths.ts"
import { DatabaseServer } from "../../Layers/database/postgres/DatabaseServer.ts"
import * as JobsBackend from "../../Layers/JobsBackend.ts"
import * as LoadBackend from "../../Layers/LoadBackend.ts"
import { AppConfig } from "../../Layers/process/AppConfig.ts"
import * as UrlMaskingConfig from "../../Layers/process/UrlMaskingConfig.ts"
import * as CsvSourceHttp from "../../Layers/source/CsvSourceHttp.ts"
import * as UploadBackend from "../../Layers/UploadBackend.ts"
import * as UploadLoads from "../../Worker/UploadLoads.ts"
import * as ClaimLoop from "../../Worker/ClaimLoop.ts"
import { CommandFailed } from "../CommandFailed.ts"
import { hasWorkers } from "../../Layers/database/liveness/hasWorkers.ts"

/** The API as a client that calls it, without a port. */
export class OwnApi extends Context.Service<OwnApi, HttpClient.HttpClient>()("sluice/Cli/OwnApi") {}

const api = Layer.effect(
  OwnApi,
  Effect.gen(function* () {
    const routes = yield* HttpRouter.toHttpEffect(layerRoutes).pipe(
      Effect.provideService(HttpRouter.RouterConfig, routerConfig),
    )
    // With the loggers of this layer.
    const handler = HttpEffect.toWebHandlerWith<never, HttpServerRequest.HttpServerRequest | Scope.Scope>(
      yield* Effect.context<never>(),
    )(routes)
    const fetch: typeof globalThis.fetch = (input, init) => handler(new Request(input, init))
    return HttpClient.transform(yield* HttpClient.HttpClient, (response) =>
      Effect.provideService(response, FetchHttpClient.Fetch, fetch),
    )
  }),
).pipe(
  Layer.provide([
    CsvSourceHttp.layer,
    UploadBackend.layer(UploadLoads.layer),
    FetchHttpClient.layer,
    HttpServer.layerServices,
  ]),
)

/** What a person should know meanwhile, such as that the database does not respond. */
const warnings = Logger.withConsoleError(
  Logger.make((options) => {
    const { annotations, message } = Logger.formatStructured.log(options)
    const { reason } = annotations
    return `sluice: ${String(message)}${reason === undefined ? "" : `: ${String(reason)}`}`
  }),
)

/**
 * A worker, unless the database has one: that of a server has the server's settings, and its jobs must not fail for those of this
 * command.
 */
const worker = Layer.unwrap(
  Effect.map(hasWorkers, (found) =>
    found ? Layer.empty : ClaimLoop.layer.pipe(Layer.provide(LoadBackend.layer)),
  ),
)

/** Time for a database that is being restarted, at the start of a command. */
const databaseTimeout = Duration.seconds(8)

const database = Layer.effect(
  DatabaseServer,
  Effect.map(Layer.build(DatabaseServer.layerNamed("--db")), Context.get(DatabaseServer)).pipe(
    Effect.timeoutOrElse({
      duration: databaseTimeout,
      orElse: () =>
        Effect.fail(
          new CommandFailed({
            message: `the database did not respond within ${Duration.format(databaseTimeout)}. Check --db, and that Postgres runs there.`,
            exit: "unavailable",
          }),
        ),
    }),
  ),
)

/**
 * The service on this database. The variables of the service apply, except those about who may call it and how long it may stop.
 *
 * @param runsJobs whether it runs the jobs that wait in the database, if no worker of a server does
 */
export const serviceOn = (connection: Redacted.Redacted, runsJobs: boolean) =>
  Layer.merge(api, runsJobs ? worker : Layer.empty).pipe(
    Layer.provide(JobsBackend.layer),
    Layer.provide(database),
    Layer.provide(UrlMaskingConfig.layer),
    Layer.provide(AppConfig.layer),
    Layer.provide([Logger.layer([warnings]), Layer.succeed(References.MinimumLogLevel, "Warn")]),
    Layer.provide(
      ConfigProvider.layer(
        ConfigProvider.fromEnv({
          env: {
            ...env,
            DATABASE_URL: Redacted.value(connection),
            API_KEYS: "",
            API_KEYS_FILE: "",
            // The command has its result: other jobs that it has begun are left to the next one.
            SHUTDOWN_GRACE: "0 seconds",
          },
        }),
      ),
    ),
  )
