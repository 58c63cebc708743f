import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { execFileSync } from "node:child_process"
import { chownSync, chmodSync, copyFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Client } from "pg"
import * as EmbeddedPostgres from "../../src/Layers/embedded/EmbeddedPostgres.ts"
import { temporaryFolder } from "./temporaryFolder.ts"

const openssl = (folder: string, command: string) =>
  void execFileSync("openssl", command.split(" "), { cwd: folder, stdio: "pipe" })

const newKey = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"

/** A certificate authority: `name.crt` and `name.key`. */
const makeAuthority = (folder: string, name: string) =>
  openssl(folder, `req -x509 ${newKey} -days 2 -subj /CN=${name} -keyout ${name}.key -out ${name}.crt`)

/** A certificate of the authority `ca`, for `localhost` and `replica.localhost` only: `name.crt` and `name.key`. */
const makeCertificate = (folder: string, name: string) => {
  openssl(folder, `req ${newKey} -subj /CN=${name} -keyout ${name}.key -out ${name}.csr`)
  writeFileSync(join(folder, `${name}.ext`), "subjectAltName=DNS:localhost,DNS:replica.localhost\n")
  const authority = "-CA ca.crt -CAkey ca.key -CAcreateserial"
  openssl(folder, `x509 -req -in ${name}.csr ${authority} -days 2 -extfile ${name}.ext -out ${name}.crt`)
}

/**
 * A Postgres that accepts only TLS connections, and from the user `certified` only with a client certificate. The
 * folder has `ca.crt`, `other.crt` (an authority that signed nothing), and `certified.crt` with `certified.key`.
 */
export const make = Effect.gen(function* () {
  const folder = yield* temporaryFolder
  const server = yield* EmbeddedPostgres.start({ dataDir: join(folder, "data"), durable: false }).pipe(
    Effect.orDie,
  )
  yield* Effect.promise(async () => {
    for (const name of ["ca", "other"]) makeAuthority(folder, name)
    for (const name of ["server", "certified"]) makeCertificate(folder, name)
    const cluster = join(server.folder, "postgres")
    const { gid, uid } = statSync(cluster)
    const give = (path: string) => {
      chownSync(path, uid, gid)
      chmodSync(path, 0o600)
    }
    for (const name of ["server.crt", "server.key", "ca.crt"]) {
      copyFileSync(join(folder, name), join(cluster, name))
      give(join(cluster, name))
    }
    writeFileSync(
      join(cluster, "pg_hba.conf"),
      "hostssl all certified all cert\nhostssl all all all scram-sha-256\n",
    )
    const client = new Client({ connectionString: Redacted.value(server.url) })
    await client.connect()
    await client.query("create role certified login")
    for (const [name, value] of [
      ["ssl", "on"],
      ["ssl_ca_file", "ca.crt"],
    ])
      await client.query(`alter system set ${name} = '${value}'`)
    await client.query("select pg_reload_conf()")
    await client.end()
  })
  const { password, port } = new URL(Redacted.value(server.url))
  return { folder, password, port: Number(port) }
})
