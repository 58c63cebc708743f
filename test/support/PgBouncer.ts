import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import { spawn, spawnSync } from "node:child_process"
import { chmodSync, chownSync, writeFileSync } from "node:fs"
import { connect } from "node:net"
import { join } from "node:path"
import { databaseRoles } from "../../src/Layers/database/postgres/DatabaseRole.ts"
import * as FreePort from "../../src/Layers/embedded/FreePort.ts"
import { choose, identityOf, isRoot } from "../../src/Layers/embedded/ServerUser.ts"
import { killProcess } from "./killProcess.ts"
import { asRole } from "./migratedTemplate.ts"
import { selfSigned } from "./selfSigned.ts"
import { temporaryFolder } from "./temporaryFolder.ts"

/** Whether Debian's package `pgbouncer` is installed. */
export const isInstalled = spawnSync("pgbouncer", ["--version"]).error === undefined

const isListening = (port: number) =>
  Effect.callback<boolean>((resume) => {
    const socket = connect(port, "127.0.0.1")
    const settle = (listens: boolean) => () => {
      socket.destroy()
      resume(Effect.succeed(listens))
    }
    socket.once("connect", settle(true))
    socket.once("error", settle(false))
  })

/**
 * Runs a PgBouncer in front of a server until the scope closes. It offers TLS. Returns the connection string through it.
 *
 * @param url of the server, with a password
 * @param settings of its configuration file, in addition
 */
export const make = Effect.fnUntraced(
  function* (url: string, settings: Readonly<Record<string, string>>) {
    const folder = yield* temporaryFolder
    const port = yield* FreePort.find(0)
    const user = isRoot() ? yield* choose : null
    const write = (name: string, text: string) => {
      const path = join(folder, name)
      writeFileSync(path, text)
      chmodSync(path, 0o600)
      if (user !== null) chownSync(path, user.uid, user.gid)
      return path
    }
    const { hostname, password, port: serverPort, username } = new URL(url)
    const roles = Object.keys(databaseRoles).map(
      (role) => new URL(asRole(url, role as keyof typeof databaseRoles)),
    )
    const users = [{ username, password }, ...roles].map(
      ({ password, username }) => `"${username}" "${decodeURIComponent(password)}"\n`,
    )
    const all = {
      listen_addr: "127.0.0.1",
      listen_port: String(port),
      unix_socket_dir: "",
      auth_type: "scram-sha-256",
      auth_file: write("users.txt", users.join("")),
      client_tls_sslmode: "allow",
      client_tls_key_file: write("pgbouncer.key", selfSigned.key),
      client_tls_cert_file: write("pgbouncer.crt", selfSigned.cert),
      default_pool_size: "60",
      ...settings,
    }
    const lines = Object.entries(all).map(([name, value]) => `${name} = ${value}\n`)
    const configuration = write(
      "pgbouncer.ini",
      `[databases]\n* = host=${hostname} port=${serverPort}\n[pgbouncer]\n${lines.join("")}`,
    )
    yield* Effect.acquireRelease(
      Effect.sync(() =>
        spawn("pgbouncer", ["--quiet", configuration], { stdio: "ignore", ...identityOf(user) }),
      ),
      killProcess,
    )
    yield* isListening(port).pipe(
      Effect.filterOrFail((listens) => listens),
      Effect.eventually,
      Effect.timeout("10 seconds"),
    )
    const through = new URL(url)
    through.port = String(port)
    return through.href
  },
  Effect.provide(NodeServices.layer),
  Effect.orDie,
)
