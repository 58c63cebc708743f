import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { PlatformError } from "effect/PlatformError"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { AppConfig } from "../process/AppConfig.ts"
import { messageOf } from "../process/describeFailure.ts"
import { namesDatabase } from "../process/settings/postgresVariables.ts"
import * as Binaries from "./Binaries.ts"
import * as Cluster from "./Cluster.ts"
import * as DataFolder from "./DataFolder.ts"
import { EmbeddedPostgresError } from "./EmbeddedPostgresError.ts"
import * as FreePort from "./FreePort.ts"
import * as Orphan from "./Orphan.ts"
import * as OwnerFile from "./OwnerFile.ts"
import * as SecretsKeyFile from "./SecretsKeyFile.ts"
import * as Server from "./Server.ts"
import { waitUntilReady } from "./WaitUntilReady.ts"

export { EmbeddedPostgresError } from "./EmbeddedPostgresError.ts"

export interface Options {
  /** Folder for the data, created if missing; relative to the working directory. */
  readonly dataDir: string
  /** TCP port on 127.0.0.1; any free one by default. */
  readonly port?: number
  /** `false` trades the safety of the data for speed, for tests. */
  readonly durable?: boolean
  /** Settings of the server instead of the usual ones, for benchmarks. */
  readonly settings?: Readonly<Record<string, string>>
}

/** A running embedded server. */
export interface EmbeddedPostgres {
  /** Connection string of the superuser, with its password. */
  readonly url: Redacted.Redacted
  /** Where the data is: `dataDir`, unless the server's user cannot reach it. */
  readonly folder: string
}

const folderUnusable = (error: PlatformError) =>
  new EmbeddedPostgresError({
    reason: "FolderUnusable",
    message: `Cannot prepare Postgres: ${messageOf(error.cause ?? error)}. Set DATA_DIR to a folder this user may write.`,
    cause: error,
  })

/**
 * Starts a Postgres on the data in `dataDir` and waits until it accepts connections; stops it when the scope
 * closes. Only one process at a time can own a folder. If started by root, the server runs as `postgres` or
 * `nobody`. If this process is killed, the server keeps running, and the next start stops it first.
 */
export const start: (
  options: Options,
) => Effect.Effect<EmbeddedPostgres, EmbeddedPostgresError, Scope.Scope> = Effect.fn(
  "EmbeddedPostgres.start",
)(
  function* ({ dataDir, port = 0, durable = true, settings = {} }: Options) {
    const folder = yield* DataFolder.open(dataDir)
    const binaries = yield* Binaries.locate(folder.user)
    yield* OwnerFile.claim(folder.ownerFile)
    yield* Orphan.stop(folder)
    const password = yield* Cluster.ensure(folder, binaries, { durable })
    const serve = Effect.fnUntraced(function* () {
      const free = yield* FreePort.find(port)
      const url = Cluster.connectionUrl(password, free)
      const { ended } = yield* Server.start(folder, binaries, { port: free, durable, settings })
      yield* Effect.raceFirst(waitUntilReady(url), ended).pipe(
        Effect.catchTag("EmbeddedPostgresError", (error) =>
          // Another program may have taken the port in the meantime: report that instead, so that it is retried.
          error.reason === "StartFailed"
            ? Effect.andThen(FreePort.find(free), Effect.fail(error))
            : Effect.fail(error),
        ),
      )
      yield* Effect.log(
        `Postgres ${binaries.version} listens at 127.0.0.1:${free}; its data is in ${folder.path}`,
      )
      return { url, folder: folder.path }
    })
    return yield* serve().pipe(
      Effect.retry({ while: (error) => port === 0 && error.reason === "PortInUse", times: 5 }),
    )
  },
  Effect.catchTag("PlatformError", (error) => Effect.fail(folderUnusable(error))),
  Effect.provide(NodeServices.layer),
)

/** The configuration with a database: that of `DATABASE_URL` or `PGHOST`, or an embedded Postgres that runs while the layer lives. */
export const layerConfig: Layer.Layer<AppConfig, EmbeddedPostgresError, AppConfig> = Layer.effect(
  AppConfig,
  Effect.gen(function* () {
    const config = yield* AppConfig
    if (namesDatabase(config)) {
      if (Option.isNone(config.databaseUrl))
        yield* Effect.log(
          `using the database at PGHOST=${config.databaseDefaults["host"]}, not an embedded one`,
        )
      return config
    }
    const { folder, url } = yield* start({ dataDir: config.dataDir })
    const secretsKeys =
      config.secretsKeys.length > 0 ? config.secretsKeys : yield* SecretsKeyFile.ensure(folder)
    return AppConfig.of({ ...config, databaseUrl: Option.some(url), databaseDefaults: {}, secretsKeys })
  }).pipe(
    Effect.catchTag("PlatformError", (error) => Effect.fail(folderUnusable(error))),
    Effect.provide(NodeServices.layer),
  ),
)
