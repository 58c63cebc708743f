import * as Result from "effect/Result"
import { existsSync } from "node:fs"
import { homedir, userInfo } from "node:os"
import { join } from "node:path"
import { mostSimilar } from "../../../Domain/load/options/mostSimilar.ts"
import { postgresVariables } from "../../process/settings/postgresVariables.ts"
import { choiceOf } from "./choiceOf.ts"
import type { Parameters } from "./ConnectionString.ts"
import { passwordFrom } from "./PasswordFile.ts"
import { type Tls, tlsAttempts } from "./TlsSettings.ts"

/** One server of the list. */
export interface Host {
  /** As given: a name, an address, or the folder of a Unix socket. */
  readonly name: string
  /** What to dial: `hostaddr`, or the name. */
  readonly address: string
  readonly port: number
}

const sessionKinds = ["any", "read-write", "read-only", "primary", "standby", "prefer-standby"] as const
/** Which servers of the list to use. */
export type SessionKind = (typeof sessionKinds)[number]

/** Connection parameters, complete and checked. */
export interface ConnectionSettings {
  /** As given, by libpq's names. */
  readonly parameters: Parameters
  readonly hosts: ReadonlyArray<Host>
  readonly user: string
  readonly database: string
  /** `undefined` if there is none. Throws `PasswordUnusable` for a file that other users can read. */
  readonly passwordOf: (host: Host) => string | undefined
  /** The ways to connect to the host, best first. */
  readonly tlsOf: (host: Host) => ReadonlyArray<Tls>
  readonly sessionKind: SessionKind
  readonly applicationName: string | undefined
  /** Command-line options of the session, `-c name=value`. */
  readonly options: string
  /** Milliseconds; `undefined` if not given. */
  readonly connectTimeout: number | undefined
}

/** Milliseconds, if the settings have no `connectTimeout`. */
export const defaultConnectTimeout = 3000

/** Accepted without effect: the drivers do this, or what it asks for, by themselves. */
const withoutEffect = [
  "fallback_application_name",
  "client_encoding",
  "keepalives",
  "keepalives_idle",
  "keepalives_interval",
  "keepalives_count",
  "tcp_user_timeout",
  "gssencmode",
  "sslcompression",
  "sslsni",
  "uselibpqcompat",
]

const known: ReadonlyArray<string> = [
  ...Object.values(postgresVariables),
  "sslpassword",
  "ssl",
  ...withoutEffect,
]

const unknownParameter = (name: string): string => {
  // A password that is not encoded can end up here.
  if (!/^\w+$/.test(name)) return "has a parameter whose name is not a word"
  const similar = mostSimilar(name, known)
  return `has the parameter ${name}, which Sluice does not know${similar === undefined ? "" : `; did you mean ${similar}?`}`
}

/** As a list of libpq: one value applies to all hosts. */
const entry = (list: ReadonlyArray<string>, n: number): string => list[list.length === 1 ? 0 : n] ?? ""

const socketFolder = (port: string): string =>
  ["/var/run/postgresql", "/tmp"].find((folder) => existsSync(`${folder}/.s.PGSQL.${port}`)) ?? "localhost"

const hostsOf = (parameters: Parameters): Result.Result<ReadonlyArray<Host>, string> => {
  const names = (parameters["host"] ?? "").split(",")
  const addresses = (parameters["hostaddr"] ?? "").split(",")
  const ports = (parameters["port"] ?? "").split(",")
  const count = Math.max(names.length, addresses.length)
  if ([names, addresses, ports].some((list) => list.length !== 1 && list.length !== count))
    return Result.fail("does not have the same number of hosts and ports")
  const hosts = Array.from({ length: count }, (_, n) => {
    const port = entry(ports, n) || "5432"
    const address = entry(addresses, n)
    const name = entry(names, n) || address || socketFolder(port)
    return { name, address: address || name, port: Number(port) }
  })
  return hosts.every(({ port }) => Number.isInteger(port) && port > 0 && port < 65_536)
    ? Result.succeed(hosts)
    : Result.fail("has a port that is not a number from 1 to 65535")
}

const check = (parameters: Parameters): Result.Result<void, string> => {
  const unknown = Object.keys(parameters).find((name) => !known.includes(name))
  if (unknown !== undefined) return Result.fail(unknownParameter(unknown))
  // As in libpq, a spelling of sslmode=require. Another value would be ignored.
  if (parameters["ssl"] !== undefined && parameters["ssl"] !== "true")
    return Result.fail("has the parameter ssl, which must be true: write sslmode instead")
  if (parameters["gssencmode"] === "require")
    return Result.fail("has gssencmode=require, and Sluice's drivers have no GSSAPI")
  if (!/^\d*$/.test(parameters["connect_timeout"] ?? ""))
    return Result.fail("has a connect_timeout that is not a number of seconds")
  return Result.void
}

/**
 * Completes the parameters of a connection string from the environment and with libpq's defaults.
 *
 * @param given of the connection string
 * @param environment defaults, by libpq's names
 */
export const make = (given: Parameters, environment: Parameters): Result.Result<ConnectionSettings, string> =>
  Result.gen(function* () {
    // What JDBC writes; libpq reads it like this, too.
    const spelled: Parameters = given["ssl"] === "true" ? { sslmode: "require" } : {}
    const parameters: Parameters = { ...environment, ...spelled, ...given }
    yield* check(parameters)
    const hosts = yield* hostsOf(parameters)
    const tls = yield* tlsAttempts(parameters)
    const sessionKind = yield* choiceOf(parameters, "target_session_attrs", sessionKinds)
    const user = parameters["user"] ?? userInfo().username
    const database = parameters["dbname"] ?? user
    const passwordFile = parameters["passfile"] ?? join(homedir(), ".pgpass")
    const connectTimeout = Number(parameters["connect_timeout"] ?? 0)
    return {
      parameters,
      hosts,
      user,
      database,
      passwordOf: ({ name, port }) =>
        parameters["password"] ??
        passwordFrom(passwordFile, {
          host: name.startsWith("/") ? "localhost" : name,
          port: String(port),
          database,
          user,
        }),
      tlsOf: ({ name }) => tls(name),
      sessionKind: sessionKind ?? "any",
      applicationName: parameters["application_name"],
      options: parameters["options"] ?? "",
      connectTimeout: connectTimeout === 0 ? undefined : connectTimeout * 1000,
    }
  })
