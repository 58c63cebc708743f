import { assert, describe, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as SqlClient from "effect/sql/SqlClient"
import { chmodSync, writeFileSync } from "node:fs"
import { createServer, type AddressInfo } from "node:net"
import { join } from "node:path"
import { Client } from "pg"
import * as Database from "../../../../src/Layers/database/postgres/Database.ts"
import { DatabaseServer } from "../../../../src/Layers/database/postgres/DatabaseServer.ts"
import * as TcpProxy from "../../../support/TcpProxy.ts"
import { TestDatabase } from "../../../support/TestDatabase.ts"
import * as TlsPostgres from "../../../support/TlsPostgres.ts"

class Server extends Context.Service<Server, Effect.Success<typeof TlsPostgres.make>>()(
  "sluice/test/DatabaseOverTls/Server",
) {
  static readonly layer = Layer.effect(Server, TlsPostgres.make)
}

const question = "select ssl, current_user as role from pg_stat_ssl where pid = pg_backend_pid()"

/** What both drivers see: whether the connection has TLS, and the role. */
const connect = (url: string) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const [bySql] = yield* sql.unsafe(question)
    const server = yield* DatabaseServer
    const byPg = yield* Effect.promise(async () => {
      const client = new Client(server.clientConfig({ applicationName: "sluice test", connectTimeout: 3000 }))
      await client.connect()
      const { rows } = await client.query<Record<string, unknown>>(question)
      await client.end()
      return rows[0]
    })
    assert.deepStrictEqual(byPg, bySql)
    return bySql
  }).pipe(
    Effect.provide(
      Database.layer({ applicationName: "sluice", maxConnections: 1 }).pipe(
        Layer.provideMerge(DatabaseServer.layerUrl(Redacted.make(url))),
      ),
    ),
  )

/** A port on which nothing listens. */
const closedPort = Effect.callback<number>((resume) => {
  const server = createServer().listen(0, "127.0.0.1", () => {
    const { port } = server.address() as AddressInfo
    server.close(() => resume(Effect.succeed(port)))
  })
})

layer(Server.layer, { excludeTestServices: true })("a server that accepts only TLS", (it) => {
  const encrypted = { ssl: true, role: "postgres" }

  describe("connects", () => {
    for (const [host, query] of [
      ["localhost", ""],
      ["localhost", "sslmode=prefer"],
      ["localhost", "sslmode=allow"],
      ["127.0.0.1", "sslmode=require"],
      ["127.0.0.1", "sslmode=require&sslrootcert=CA"],
      ["127.0.0.1", "sslmode=verify-ca&sslrootcert=CA"],
      ["localhost", "sslmode=verify-full&sslrootcert=CA"],
      ["localhost", "hostaddr=127.0.0.1&sslmode=verify-full&sslrootcert=CA"],
    ] as const)
      it.effect(`to ${host} with ${query === "" ? "no sslmode" : query}`, () =>
        Effect.gen(function* () {
          const { folder, password, port } = yield* Server
          const parameters = query.replace("CA", join(folder, "ca.crt"))
          const url = `postgres://postgres:${password}@${host}:${port}/postgres?${parameters}`
          assert.deepStrictEqual(yield* connect(url), encrypted)
        }),
      )
  })

  describe("fails at once, with the reason,", () => {
    for (const [host, query, reason] of [
      ["localhost", "sslmode=disable", /no encryption/],
      ["localhost", "sslmode=verify-full", /unable to|self-signed/],
      ["localhost", "sslmode=verify-full&sslrootcert=OTHER", /unable to|self-signed/],
      ["localhost", "sslmode=verify-ca&sslrootcert=OTHER", /unable to|self-signed/],
      ["localhost", "sslmode=require&sslrootcert=OTHER", /unable to|self-signed/],
      ["127.0.0.1", "sslmode=verify-full&sslrootcert=CA", /does not match certificate/],
      ["localhost", "user=certified&sslmode=require", /certificate/],
    ] as const)
      it.effect(`at ${host} with ${query}`, () =>
        Effect.gen(function* () {
          const { folder, password, port } = yield* Server
          const parameters = query
            .replace("CA", join(folder, "ca.crt"))
            .replace("OTHER", join(folder, "other.crt"))
          const url = `postgres://postgres:${password}@${host}:${port}/postgres?${parameters}`
          const failure = yield* Effect.flip(connect(url))
          assert.match(failure.message, reason)
          assert.include(failure.message, `${host}:${port}`)
          assert.notInclude(failure.message, password)
        }),
      )
  })

  for (const user of ["postgres", "postgres:"])
    it.effect(`fails at once as ${user} without a password, and says so`, () =>
      Effect.gen(function* () {
        const { folder, port } = yield* Server
        const passfile = join(folder, "absent")
        const url = `postgres://${user}@localhost:${port}/postgres?sslmode=require&passfile=${passfile}`
        const failure = yield* Effect.flip(connect(url))
        assert.match(failure.message, /asks for a password, and none is given/)
      }),
    )

  it.effect("connects with a client certificate", () =>
    Effect.gen(function* () {
      const { folder, port } = yield* Server
      const [cert, key] = ["certified.crt", "certified.key"].map((name) => join(folder, name))
      const url = `postgres://certified@localhost:${port}/postgres?sslmode=require&sslcert=${cert}&sslkey=${key}`
      assert.deepStrictEqual(yield* connect(url), { ssl: true, role: "certified" })
    }),
  )

  it.effect("of several hosts, the first one that is up and of the wanted kind is used", () =>
    Effect.gen(function* () {
      const { folder, password, port } = yield* Server
      const writable = new URL(Redacted.value((yield* TestDatabase).url))
      const name = writable.pathname.slice(1)
      const admin = `postgres://postgres:${password}@localhost:${port}/postgres`
      yield* Effect.promise(async () => {
        const client = new Client({ connectionString: admin, ssl: { rejectUnauthorized: false } })
        await client.connect()
        await client.query(`create database ${name}`)
        await client.query(`alter database ${name} set default_transaction_read_only = on`)
        await client.end()
      })
      const passfile = join(folder, "pgpass")
      writeFileSync(
        passfile,
        `localhost:${port}:*:*:${password}\n*:${writable.port}:*:*:${writable.password}\n`,
      )
      chmodSync(passfile, 0o600)
      const down = yield* closedPort
      const hosts = `localhost:${down},localhost:${port},127.0.0.1:${writable.port}`
      const base = `postgres://postgres@${hosts}/${name}?passfile=${passfile}`
      for (const attributes of ["any", "read-only"])
        assert.deepStrictEqual(yield* connect(`${base}&target_session_attrs=${attributes}`), encrypted)
      // Without the attribute, too, because Sluice writes.
      for (const attributes of ["", "&target_session_attrs=read-write"])
        assert.deepStrictEqual(yield* connect(`${base}${attributes}`), { ...encrypted, ssl: false })
    }).pipe(Effect.provide(TestDatabase.layer)),
  )

  it.effect("a failover expects the other server's name, and lasts when the first one is back", () =>
    Effect.gen(function* () {
      const { folder, password, port } = yield* Server
      const opened = yield* Queue.unbounded<string>()
      const proxy = (name: string) =>
        TcpProxy.make(`postgres://127.0.0.1:${port}`, () => {
          Queue.offerUnsafe(opened, name)
          return {
            toServer: (piece, deliver) => deliver(piece),
            toClient: (piece, deliver) => deliver(piece),
          }
        })
      const first = yield* proxy("first")
      const second = yield* proxy("second")
      const [one, two] = [first, second].map(({ through }) => new URL(through("postgres://db")).port)
      const url =
        `postgres://postgres:${password}@localhost:${one},replica.localhost:${two}/postgres` +
        `?hostaddr=127.0.0.1,127.0.0.1&sslmode=verify-full&sslrootcert=${join(folder, "ca.crt")}`
      const context = yield* Layer.build(DatabaseServer.layerUrl(Redacted.make(url)))
      const config = Context.get(context, DatabaseServer).clientConfig({
        applicationName: "sluice test",
        connectTimeout: 3000,
      })
      const nameExpected = () => config.ssl !== false && config.ssl.servername
      const open = Effect.acquireRelease(
        Effect.tryPromise(async () => {
          const client = new Client(config)
          client.on("error", () => {})
          await client.connect()
          return client
        }),
        (client) => Effect.promise(() => client.end()),
      )
      yield* Effect.scoped(open)
      assert.strictEqual(nameExpected(), "localhost")
      yield* first.close
      const kept = yield* Effect.retry(open, Schedule.spaced("100 millis"))
      assert.strictEqual(nameExpected(), "replica.localhost")
      yield* first.open
      yield* Queue.clear(opened)
      yield* Effect.scoped(open)
      assert.deepStrictEqual(yield* Queue.takeN(opened, 2), ["second", "second"])
      yield* Effect.promise(() => kept.query("select 1"))
    }),
  )
})
