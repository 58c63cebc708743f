import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { AppConfig } from "../process/AppConfig.ts"
import * as Binaries from "./Binaries.ts"
import * as Cluster from "./Cluster.ts"
import * as DataFolder from "./DataFolder.ts"
import { EmbeddedPostgresError } from "./EmbeddedPostgresError.ts"
import * as FreePort from "./FreePort.ts"
import * as Orphan from "./Orphan.ts"
import * as OwnerFile from "./OwnerFile.ts"
import * as Readiness from "./Readiness.ts"
import * as Server from "./Server.ts"

export { EmbeddedPostgresError } from "./EmbeddedPostgresError.ts"

export interface Options {
  /** Folder for the data, made when missing; relative to the working directory. */
  readonly dataDir: string
  /** TCP port at 127.0.0.1; any free one when left out. */
  readonly port?: number
  /** `false` gives up the data's safety for speed: for tests, which throw it away. */
  readonly durable?: boolean
}

/** A running server of one's own. */
export interface EmbeddedPostgres {
  /** Connection string of the superuser, with its password. */
  readonly url: Redacted.Redacted
  /** Where the data is: `dataDir`, unless the server's user cannot reach that. */
  readonly folder: string
}

/**
 * Starts a Postgres on the data in `dataDir` and waits until it accepts connections; it is shut down when the
 * scope closes. One process at a time owns a folder. Started by root, the server runs as `postgres` or
 * `nobody`. Should this process be killed, the server stays, and the next start stops it first.
 */
export const start: (
  options: Options,
) => Effect.Effect<EmbeddedPostgres, EmbeddedPostgresError, Scope.Scope> = Effect.fn(
  "EmbeddedPostgres.start",
)(function* ({ dataDir, port = 0, durable = true }: Options) {
  const folder = yield* DataFolder.open(dataDir)
  const binaries = yield* Binaries.locate(folder.user)
  yield* OwnerFile.claim(folder.ownerFile)
  yield* Orphan.stop(folder)
  const password = yield* Cluster.ensure(folder, binaries, { durable })
  const serve = Effect.fnUntraced(function* () {
    const free = yield* FreePort.find(port)
    const url = Redacted.make(
      `postgres://${Cluster.superuser}:${Redacted.value(password)}@127.0.0.1:${free}/postgres`,
    )
    const server = yield* Server.start(folder, binaries, { port: free, durable })
    yield* Effect.raceFirst(Readiness.untilReady(url), server.ended).pipe(
      Effect.catchIf(
        (error) => error.reason === "StartFailed",
        // Somebody else may have taken the port in between: then that is the error, and may be tried again.
        (error) => Effect.andThen(FreePort.find(free), Effect.fail(error)),
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
})

/**
 * The configuration with a database in any case: `DATABASE_URL`, or an embedded Postgres in `DATA_DIR` that
 * lives as long as the layer.
 */
export const layerConfig: Layer.Layer<AppConfig, EmbeddedPostgresError, AppConfig> = Layer.effect(
  AppConfig,
  Effect.gen(function* () {
    const config = yield* AppConfig
    if (Option.isSome(config.databaseUrl)) return config
    const { url } = yield* start({ dataDir: config.dataDir })
    return AppConfig.of({ ...config, databaseUrl: Option.some(url) })
  }),
)
