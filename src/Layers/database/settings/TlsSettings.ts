import * as Result from "effect/Result"
import { X509Certificate } from "node:crypto"
import { existsSync, readFileSync } from "node:fs"
import { isIP } from "node:net"
import { homedir } from "node:os"
import { join } from "node:path"
import { checkServerIdentity, createSecureContext, getCACertificates, type ConnectionOptions } from "node:tls"
import { messageOf } from "../../process/describeFailure.ts"
import { choiceOf } from "./choiceOf.ts"
import type { Parameters } from "./ConnectionString.ts"

/** How to connect to one host: without TLS, or with these options. */
export type Tls = false | ConnectionOptions

/** For `pg`, which hides the key in the object that it is given. */
export const tlsForPg = (tls: Tls): Tls => tls && { ...tls }

const modes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] as const

const modeOf = (parameters: Parameters): Result.Result<(typeof modes)[number], string> => {
  if (parameters["sslmode"] === "no-verify")
    return Result.fail("has sslmode=no-verify, the spelling of node-postgres: write sslmode=require")
  const usesSystemRoots = parameters["sslrootcert"] === "system"
  return Result.flatMap(choiceOf(parameters, "sslmode", modes), (given) => {
    const mode = given ?? (usesSystemRoots ? "verify-full" : "prefer")
    return usesSystemRoots && mode !== "verify-full"
      ? Result.fail(`has sslrootcert=system, which needs sslmode=verify-full and not ${mode}`)
      : Result.succeed(mode)
  })
}

/** The file of a parameter, or libpq's default file if it exists. */
const fileOf = (
  parameters: Parameters,
  name: string,
  defaultFile: string,
): Result.Result<string | undefined, string> => {
  const given = parameters[name]
  const path = given ?? join(homedir(), ".postgresql", defaultFile)
  if (given === undefined && !existsSync(path)) return Result.succeed(undefined)
  return Result.try({
    try: () => readFileSync(path, "utf8"),
    catch: (cause) => `has ${name}=${path}, which cannot be read: ${messageOf(cause)}`,
  })
}

const versions = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"] as const

/** The ways to connect to a host with this name, best first. With verify-full its certificate must have the name. */
type TlsOfHost = (host: string) => ReadonlyArray<Tls>

const withoutTls: TlsOfHost = () => [false]

/**
 * The ways to connect to a host, best first, by libpq's rules for `sslmode` and the other `ssl…` parameters. Without
 * `sslrootcert`, verify-full trusts the roots of Node, `NODE_EXTRA_CA_CERTS` included.
 */
export const tlsAttempts = (parameters: Parameters): Result.Result<TlsOfHost, string> =>
  Result.gen(function* () {
    const mode = yield* modeOf(parameters)
    if (mode === "disable") return withoutTls
    const root =
      parameters["sslrootcert"] === "system"
        ? getCACertificates("system")
        : yield* fileOf(parameters, "sslrootcert", "root.crt")
    if (mode === "verify-ca" && root === undefined)
      return yield* Result.fail(
        "has sslmode=verify-ca without sslrootcert, the certificate of the server's authority",
      )
    const cert = yield* fileOf(parameters, "sslcert", "postgresql.crt")
    const key = yield* fileOf(parameters, "sslkey", "postgresql.key")
    const passphrase = parameters["sslpassword"]
    const minVersion = yield* choiceOf(parameters, "ssl_min_protocol_version", versions)
    const maxVersion = yield* choiceOf(parameters, "ssl_max_protocol_version", versions)
    // As in libpq, a root certificate makes `require` verify the authority.
    const isVerified = mode.startsWith("verify") || (mode === "require" && root !== undefined)
    const options: ConnectionOptions = {
      rejectUnauthorized: isVerified,
      ...(root !== undefined && isVerified ? { ca: root } : {}),
      ...(cert === undefined || key === undefined ? {} : { cert, key }),
      ...(passphrase === undefined ? {} : { passphrase }),
      ...(minVersion === undefined ? {} : { minVersion }),
      ...(maxVersion === undefined ? {} : { maxVersion }),
    }
    yield* Result.try({
      // Node ignores a root certificate that it cannot read.
      try: () => (typeof root === "string" && new X509Certificate(root), createSecureContext(options)),
      catch: (cause) => `has an sslrootcert, sslcert or sslkey that cannot be used: ${messageOf(cause)}`,
    })
    const attempts: TlsOfHost = (host) => {
      // Neither TLS nor names of certificates exist for a Unix socket.
      if (host.startsWith("/")) return [false]
      const tls: ConnectionOptions = {
        ...options,
        ...(isIP(host) === 0 ? { servername: host } : {}),
        checkServerIdentity: (_name, certificate) =>
          mode === "verify-full" ? checkServerIdentity(host, certificate) : undefined,
      }
      if (mode === "allow") return [false, tls]
      return mode === "prefer" ? [tls, false] : [tls]
    }
    return attempts
  })
