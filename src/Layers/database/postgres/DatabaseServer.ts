import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { EndProcess } from "../../../Domain/service/EndProcess.ts"
import { inUrl } from "../../../Domain/source/hosts/HostAndPort.ts"
import { AppConfig } from "../../process/AppConfig.ts"
import { causeChain } from "../../process/describeFailure.ts"
import { namesDatabase } from "../../process/settings/postgresVariables.ts"
import {
  type ConnectionSettings,
  defaultConnectTimeout,
  type Host,
  make as makeSettings,
} from "../settings/ConnectionSettings.ts"
import { parse } from "../settings/ConnectionString.ts"
import { PooledStream } from "../connection/PooledStream.ts"
import { PoolerUnsuitable } from "../connection/PoolerUnsuitable.ts"
import { selectServer, type Server } from "./selectServer.ts"
import { ServerSocket } from "../connection/ServerSocket.ts"
import { sessionOptions } from "../settings/SessionSettings.ts"
import type { Tls } from "../settings/TlsSettings.ts"
import { unavailable } from "./DatabaseFailure.ts"
import { waitingForDatabase } from "./WaitForDatabase.ts"

const example = "Set it to, for example, postgres://localhost:5432/sluice."

/** The database's connection settings are missing or wrong. */
class DatabaseSettingsInvalid extends Schema.TaggedError<DatabaseSettingsInvalid>()(
  "DatabaseSettingsInvalid",
  { message: Schema.String },
) {}

/** How a connection differs from others. */
export interface ConnectionOptions {
  readonly applicationName: string
  readonly settings?: Readonly<Record<string, string>>
  /** Milliseconds, unless `connect_timeout` is configured. */
  readonly connectTimeout?: number
}

interface PgConfig {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly database: string
  readonly password: () => string
  readonly ssl: Tls
  readonly stream: () => ServerSocket | PooledStream
  readonly application_name: string
  readonly options: string
  readonly connectionTimeoutMillis: number
  readonly client_encoding: "UTF8"
}

interface SqlConfig {
  readonly host: string
  readonly port: number
  readonly username: string
  readonly database: string
  readonly password: Effect.Effect<Redacted.Redacted>
  readonly ssl: Tls
  readonly stream: () => ServerSocket | PooledStream
  readonly applicationName: string
  readonly startupOptions: string
  readonly connectTimeout: number
}

/** TLS options of a driver, which reads them at every connection: the name in the certificate is the current server's. */
const tlsOf = (current: () => Server): Tls => {
  const options = () => current().tls || {}
  return (
    current().tls && {
      ...options(),
      get servername() {
        return options().servername
      },
      get checkServerIdentity() {
        return options().checkServerIdentity
      },
    }
  )
}

/** Of several servers all but one are standbys, where Sluice could do nothing. libpq would take any. */
const writable = (settings: ConnectionSettings): ConnectionSettings =>
  settings.hosts.length === 1 || settings.parameters["target_session_attrs"] !== undefined
    ? settings
    : { ...settings, sessionKind: "read-write" }

/** Why a pooler is refused, if it is one that made the failure. */
const unsuitability = (failure: unknown): PoolerUnsuitable | undefined =>
  causeChain(failure).find((each) => each instanceof PoolerUnsuitable)

const make = Effect.fnUntraced(function* (given: ConnectionSettings) {
  const settings = writable(given)
  let current: Server = yield* waitingForDatabase(selectServer(settings))
  // The drivers keep their configuration.
  const { isPooled } = current
  if (isPooled) yield* Effect.logInfo("a pooler is in front of the database")
  const endProcess = yield* EndProcess
  /** A new process would use the server's pooler, or say what is wrong with it. This one can do neither. */
  const end = ({ name, port }: Host, reason: string) =>
    Effect.andThen(endProcess(`${inUrl(name)}:${port}: ${reason}`), Effect.never)
  const select = (hosts: ReadonlyArray<Host>) => selectServer({ ...settings, hosts })

  /** Ends the process if connections to the current server would go through a pooler that does not suit them. */
  const endIfUnsuitable = Effect.suspend(() => select([current.host])).pipe(
    Effect.asVoid,
    Effect.catch((failure) => {
      const unsuitable = unsuitability(failure)
      return unsuitable === undefined ? Effect.void : end(current.host, unsuitable.message)
    }),
  )

  /** Prefers the current server, so that connections to it are not closed while it is suitable. */
  const reselect = Effect.suspend(() =>
    select([current.host, ...settings.hosts.filter((host) => host !== current.host)]),
  ).pipe(
    Effect.tapError((failure) => (unsuitability(failure) === undefined ? Effect.void : endIfUnsuitable)),
    Effect.tap(({ host, ...selected }) =>
      selected.isPooled && !isPooled
        ? end(host, "there is a pooler now, and there was none when this process started")
        : Effect.void,
    ),
    // Another server may become suitable, and the current one may come back, so nothing is final.
    Effect.mapError(({ message, operation }) => unavailable(operation, new Error(message))),
  )
  const sockets = new Set<ServerSocket>()
  const losses = yield* Queue.sliding<void>(1)

  const reconnect =
    settings.hosts.length === 1
      ? // A statement that needs the server logs its outage.
        reselect
      : Effect.tap(waitingForDatabase(reselect), (selected) =>
          Effect.sync(() => {
            current = selected
            // Their server may still run, but as a standby.
            for (const socket of sockets)
              if (socket.server !== undefined && socket.server !== selected.host) socket.destroy()
          }),
        )
  yield* Queue.take(losses).pipe(
    Effect.andThen(Effect.ignore(reconnect)),
    Effect.andThen(Effect.sleep("1 second")),
    Effect.forever,
    Effect.forkScoped,
  )

  const openSocket = (): ServerSocket => {
    const socket = new ServerSocket(() => current.host)
    sockets.add(socket)
    socket.once("close", () => {
      sockets.delete(socket)
      if (socket.isLost) Queue.offerUnsafe(losses, undefined)
    })
    return socket
  }

  const stream = () => (isPooled ? new PooledStream(openSocket(), () => current.tls) : openSocket())
  const ssl = (): Tls => (isPooled ? false : tlsOf(() => current))

  const common = ({
    applicationName,
    connectTimeout = defaultConnectTimeout,
    settings: session,
  }: ConnectionOptions) => ({
    host: current.host.name,
    port: current.host.port,
    database: settings.database,
    options: sessionOptions(settings.options, session),
    applicationName: applicationName.replace(/^sluice/, settings.applicationName ?? "sluice"),
    timeout: settings.connectTimeout ?? connectTimeout,
  })

  return DatabaseServer.of({
    user: settings.user,
    clientConfig: (options) => {
      const { applicationName, timeout, ...rest } = common(options)
      return {
        ...rest,
        user: settings.user,
        password: () => settings.passwordOf(current.host) ?? "",
        ssl: ssl(),
        stream,
        application_name: applicationName,
        connectionTimeoutMillis: timeout,
        client_encoding: "UTF8",
      }
    },
    sqlConfig: (options) => {
      const { applicationName, database, host, options: startupOptions, port, timeout } = common(options)
      return {
        host,
        port,
        database,
        startupOptions,
        applicationName,
        username: settings.user,
        password: Effect.sync(() => Redacted.make(settings.passwordOf(current.host) ?? "")),
        ssl: ssl(),
        stream: () => stream().setNoDelay(true).connect(),
        connectTimeout: timeout,
      }
    },
  })
})

/** The configured database: how to connect to it, and to which of its servers. */
export class DatabaseServer extends Context.Service<
  DatabaseServer,
  {
    readonly user: string
    /** For `pg`. */
    readonly clientConfig: (options: ConnectionOptions) => PgConfig
    /** For `@effect/sql-pg`. */
    readonly sqlConfig: (options: ConnectionOptions) => SqlConfig
  }
>()("sluice/Layers/postgres/DatabaseServer") {
  /**
   * From a connection string alone.
   *
   * @param name of the connection string in messages
   */
  static readonly layerUrl = (url: Redacted.Redacted, name?: string) =>
    Layer.effect(
      DatabaseServer,
      Effect.flatMap(settingsFrom({ databaseUrl: Option.some(url), databaseDefaults: {} }, name), make),
    )

  /**
   * From the configuration and libpq's environment variables.
   *
   * @param name of the connection string in messages
   */
  static readonly layerNamed = (name: string) =>
    Layer.effect(
      DatabaseServer,
      Effect.gen(function* () {
        return yield* make(yield* settingsFrom(yield* AppConfig, name))
      }),
    )

  /** From `DATABASE_URL` and libpq's environment variables. */
  static readonly layerConfig = this.layerNamed("DATABASE_URL")
}

/**
 * The connection settings of a configuration.
 *
 * @param name of the connection string in messages
 */
export const settingsFrom = Effect.fnUntraced(function* (
  { databaseDefaults, databaseUrl }: Pick<AppConfig["Service"], "databaseUrl" | "databaseDefaults">,
  name = "DATABASE_URL",
) {
  if (!namesDatabase({ databaseDefaults, databaseUrl }))
    return yield* new DatabaseSettingsInvalid({ message: `${name} is not set. ${example}` })
  const url = Option.match(databaseUrl, { onNone: () => "postgres://", onSome: Redacted.value })
  return yield* Effect.fromResult(
    Result.flatMap(parse(url), (given) => makeSettings(given, databaseDefaults)),
  ).pipe(
    Effect.mapError((problem) => {
      const subject = Object.keys(databaseDefaults).length === 0 ? name : `${name} or a PG… variable`
      const hint = problem.includes("is not a Postgres") ? ` ${example}` : ""
      return new DatabaseSettingsInvalid({ message: `${subject} ${problem}.${hint}` })
    }),
  )
})
