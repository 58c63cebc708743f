import * as Effect from "effect/Effect"
import { Client } from "pg"
import type { ServiceUnavailable } from "../../../Domain/service/ServiceUnavailable.ts"
import { inUrl } from "../../../Domain/source/hosts/HostAndPort.ts"
import { messageOf } from "../../process/describeFailure.ts"
import {
  type ConnectionSettings,
  defaultConnectTimeout,
  type Host,
  type SessionKind,
} from "../settings/ConnectionSettings.ts"
import { checkPooler } from "../connection/checkPooler.ts"
import { PooledStream } from "../connection/PooledStream.ts"
import { PoolerUnsuitable } from "../connection/PoolerUnsuitable.ts"
import { type Kind, readSession, refusesOptions } from "../connection/readSession.ts"
import { settingsIn } from "../connection/startupOptions.ts"
import { failureCode, isPermanent, isWithoutTls, unavailable } from "./DatabaseFailure.ts"
import { ServerSocket } from "../connection/ServerSocket.ts"
import { PasswordUnusable } from "../settings/PasswordUnusable.ts"
import { sessionOptions } from "../settings/SessionSettings.ts"
import { type Tls, tlsForPg } from "../settings/TlsSettings.ts"

/** A server that accepts connections like this. */
export interface Server {
  readonly host: Host
  readonly tls: Tls
  /** A pooler in front of it keeps sessions but not their startup options, so that statements make the settings. */
  readonly isPooled: boolean
}

const operation = "connect to the database"

const isOfKind = ({ isReadOnly, isStandby }: Kind, wanted: SessionKind): boolean => {
  switch (wanted) {
    case "any":
      return true
    case "primary":
      return !isStandby
    case "standby":
    case "prefer-standby":
      return isStandby
    case "read-only":
      return isReadOnly
    case "read-write":
      return !isReadOnly
  }
}

/** For a server that asks for one. An empty password counts as none, as in libpq. */
const requiredPassword = (settings: ConnectionSettings, host: Host): string => {
  const password = settings.passwordOf(host) ?? ""
  if (password !== "") return password
  throw new PasswordUnusable({
    message:
      "The server asks for a password, and none is given. Set it in the connection string or PGPASSWORD.",
  })
}

/** @param options settings of the session, as startup options */
export const clientOf = (
  settings: ConnectionSettings,
  { host, isPooled, tls }: Server,
  options: string,
): Client =>
  new Client({
    host: host.name,
    port: host.port,
    user: settings.user,
    database: settings.database,
    password: () => requiredPassword(settings, host),
    ssl: isPooled ? false : tlsForPg(tls),
    stream: () => {
      const socket = new ServerSocket(() => host)
      return isPooled ? new PooledStream(socket, () => tls) : socket
    },
    application_name: settings.applicationName ?? "sluice",
    client_encoding: "UTF8",
    ...(options === "" ? {} : { options }),
    connectionTimeoutMillis: settings.connectTimeout ?? defaultConnectTimeout,
  })

/** Runs something on connections that are closed when it ends. */
const withClients = async <A>(
  settings: ConnectionSettings,
  server: Server,
  use: (connect: (options: string) => Promise<Client>) => Promise<A>,
): Promise<A> => {
  const clients: Array<Client> = []
  try {
    return await use(async (options) => {
      const client = clientOf(settings, server, options)
      clients.push(client)
      // A connection can also break after connect() has failed.
      client.on("error", () => {})
      await client.connect()
      return client
    })
  } finally {
    for (const client of clients) await client.end().catch(() => client.connection.stream.destroy())
  }
}

/** Connects, and returns the kind of the server's sessions and whether a pooler is in front of it. */
const probe = async (
  settings: ConnectionSettings,
  host: Host,
  tls: Tls,
): Promise<{ readonly kind: Kind; readonly server: Server }> => {
  const options = sessionOptions(settings.options)
  const direct: Server = { host, tls, isPooled: false }
  const session = await withClients(settings, direct, async (connect) =>
    readSession(await connect(options)),
  ).catch((cause: unknown) => {
    if (refusesOptions(cause)) return undefined
    throw cause
  })
  if (session?.isDirect === true && session.hasSettings) return { kind: session, server: direct }
  if (settingsIn(settings.options) === undefined)
    throw new PoolerUnsuitable({
      message:
        "A pooler lets only settings (-c name=value) through: remove other options from the connection string's options, or from PGOPTIONS.",
    })
  const pooled: Server = { host, tls, isPooled: true }
  return withClients(settings, pooled, async (connect) => {
    await checkPooler(() => connect(" "))
    const kind = await readSession(await connect(options))
    if (!kind.hasSettings)
      throw new PoolerUnsuitable({
        message:
          "The pooler in front of Postgres loses the settings of a session. Connect directly, or through a pooler in session mode.",
      })
    return { kind, server: pooled }
  })
}

const shown = ({ name, port }: Host, database: string): string => `${inUrl(name)}:${port}/${database}`

/** Another way to connect to the same host would fail, too. */
const isUnreachable = (failure: unknown): boolean =>
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/.test(failureCode(failure) ?? "")

/** Why a host is not used; `failure` is that of the last way to connect. */
interface Refusal {
  readonly reasons: ReadonlyArray<string>
  readonly failure: unknown
}

/** Tries one host in all ways. */
const tryHost = async (
  settings: ConnectionSettings,
  host: Host,
  wanted: SessionKind,
): Promise<Server | Refusal> => {
  const reasons: Array<string> = []
  let failure: unknown
  for (const tls of settings.tlsOf(host)) {
    try {
      const { kind, server } = await probe(settings, host, tls)
      if (isOfKind(kind, wanted)) return server
      return {
        reasons: [`${shown(host, settings.database)} is not ${wanted} (target_session_attrs)`],
        failure: undefined,
      }
    } catch (cause) {
      // With sslmode=prefer this is no reason.
      if (isWithoutTls(failure)) reasons.pop()
      failure = cause
      reasons.push(`${shown(host, settings.database)}: ${messageOf(cause)}`)
      if (isUnreachable(cause)) break
    }
  }
  return { reasons, failure }
}

const tryAll = async (settings: ConnectionSettings, wanted: SessionKind): Promise<Server> => {
  const tried: Array<Refusal> = []
  for (const host of settings.hosts) {
    const result = await tryHost(settings, host, wanted)
    if (!("failure" in result)) return result
    tried.push(result)
  }
  const failures = tried.map(({ failure }) => failure)
  throw new Error([...new Set(tried.flatMap(({ reasons }) => reasons))].join("; "), {
    cause: failures.find(isPermanent) ?? failures.at(-1),
  })
}

/**
 * Tries the servers in their order, as libpq does, and returns the first one that accepts a connection of the wanted
 * kind. If there is none, fails with the reasons of all of them.
 */
export const selectServer = (settings: ConnectionSettings): Effect.Effect<Server, ServiceUnavailable> =>
  Effect.tryPromise({
    try: () =>
      settings.sessionKind === "prefer-standby"
        ? tryAll(settings, "standby").catch(() => tryAll(settings, "any"))
        : tryAll(settings, settings.sessionKind),
    catch: (cause) => unavailable(operation, cause),
  })
