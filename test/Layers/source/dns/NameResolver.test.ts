import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FileSystem from "effect/FileSystem"
import * as TestClock from "effect/testing/TestClock"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NameResolver from "../../../../src/Layers/source/dns/NameResolver.ts"
import * as DnsServer from "../../../support/DnsServer.ts"

/** A resolver that uses these files instead of this machine's. */
const resolverFor = Effect.fnUntraced(function* (
  server: DnsServer.DnsServer,
  files: { readonly hosts?: string; readonly resolvConf?: string } = {},
) {
  const fs = yield* FileSystem.FileSystem
  const folder = yield* fs.makeTempDirectoryScoped()
  yield* fs.writeFileString(`${folder}/hosts`, files.hosts ?? "")
  yield* fs.writeFileString(`${folder}/resolv.conf`, files.resolvConf ?? "")
  return yield* NameResolver.make({
    servers: [server.address],
    hostsFile: `${folder}/hosts`,
    resolvConf: `${folder}/resolv.conf`,
  })
}, Effect.provide(NodeFileSystem.layer))

const ipv4 = (address: string) => ({ address, family: 4 })
const ipv6 = (address: string) => ({ address, family: 6 })

describe("a name", () => {
  it.effect("has the addresses of both families, IPv4 first", () =>
    Effect.gen(function* () {
      const server = yield* DnsServer.make({ "a.test": { addresses: ["2001:db8::1", "192.0.2.1"] } })
      const resolve = yield* resolverFor(server)
      assert.deepStrictEqual(yield* resolve("A.test"), [ipv4("192.0.2.1"), ipv6("2001:db8::1")])
    }),
  )

  it.effect("in the hosts file is not queried", () =>
    Effect.gen(function* () {
      const server = yield* DnsServer.make()
      const resolve = yield* resolverFor(server, { hosts: "192.0.2.7 fileserver" })
      assert.deepStrictEqual(yield* resolve("fileserver"), [ipv4("192.0.2.7")])
      assert.deepStrictEqual(yield* resolve("localhost."), [ipv4("127.0.0.1"), ipv6("::1")])
      assert.deepStrictEqual(server.asked, [])
    }),
  )

  it.effect("without a dot is completed from the search list", () =>
    Effect.gen(function* () {
      const server = yield* DnsServer.make({
        "fileserver.ns.svc.cluster.local": DnsServer.failing,
        "fileserver.svc.cluster.local": { addresses: ["192.0.2.1"] },
      })
      const resolve = yield* resolverFor(server, {
        resolvConf: "search ns.svc.cluster.local svc.cluster.local\noptions ndots:5",
      })
      assert.deepStrictEqual(yield* resolve("fileserver"), [ipv4("192.0.2.1")])
      assert.strictEqual(server.asked.at(-1), "fileserver.svc.cluster.local")
    }),
  )

  it.effect("without an address in DNS is not found", () =>
    Effect.gen(function* () {
      const resolve = yield* resolverFor(yield* DnsServer.make({ "empty.test": {} }))
      for (const host of ["unknown.test", "empty.test", `${"x".repeat(64)}.test`, "a..test"]) {
        assert.propertyVal(yield* Effect.flip(resolve(host)), "code", "ENOTFOUND")
      }
    }),
  )

  it.effect("can be retried if DNS fails", () =>
    Effect.gen(function* () {
      const resolve = yield* resolverFor(yield* DnsServer.make({ "broken.test": DnsServer.failing }))
      assert.propertyVal(yield* Effect.flip(resolve("broken.test")), "code", "EAI_AGAIN")
    }),
  )
})

describe("a silent DNS server", () => {
  it.effect("ends a lookup after its timeout", () =>
    Effect.gen(function* () {
      const server = yield* DnsServer.make({ "n.test": DnsServer.silent })
      const resolve = yield* resolverFor(server)
      const lookup = yield* Effect.forkChild(Effect.flip(resolve("n.test")))
      yield* server.query
      yield* TestClock.adjust("5 seconds")
      assert.propertyVal(yield* Fiber.join(lookup), "code", "EAI_AGAIN")
    }),
  )

  it.effect("ends the lookup of a long search list after 10 s", () =>
    Effect.gen(function* () {
      const names = ["n.a.test", "n.b.test", "n.c.test", "n"]
      const server = yield* DnsServer.make(Object.fromEntries(names.map((name) => [name, DnsServer.silent])))
      const resolve = yield* resolverFor(server, { resolvConf: "search a.test b.test c.test" })
      const lookup = yield* Effect.forkChild(Effect.flip(resolve("n")))
      yield* server.query
      yield* TestClock.adjust("5 seconds")
      assert.strictEqual(yield* server.query, "n.b.test")
      yield* TestClock.adjust("5 seconds")
      assert.propertyVal(yield* Fiber.join(lookup), "code", "EAI_AGAIN")
    }),
  )

  it.effect("for IPv6 loses no IPv4 address, and the result is cached for a second", () =>
    Effect.gen(function* () {
      const server = yield* DnsServer.make({ "n.test": { addresses: ["192.0.2.1"], silent: ["AAAA"] } })
      const resolve = yield* resolverFor(server)
      const lookup = yield* Effect.forkChild(resolve("n.test"))
      yield* server.query
      yield* TestClock.adjust("5 seconds")
      assert.deepStrictEqual(yield* Fiber.join(lookup), [ipv4("192.0.2.1")])
      server.set("n.test", { addresses: ["192.0.2.2"] })
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* resolve("n.test"), [ipv4("192.0.2.2")])
    }),
  )

  it.effect("gets no more queries when nobody waits", () =>
    Effect.gen(function* () {
      const server = yield* DnsServer.make({ "n.test": DnsServer.silent, "later.test": DnsServer.silent })
      const resolve = yield* resolverFor(server)
      const waiting = [yield* Effect.forkChild(resolve("n.test")), yield* Effect.forkChild(resolve("n.test"))]
      yield* server.query
      yield* Effect.forEach(waiting, Fiber.interrupt)
      // The retry of a later query shows that the retry of the first would have come by now.
      yield* Effect.forkChild(resolve("later.test"))
      yield* server.query
      yield* server.query
      assert.deepStrictEqual(server.asked, ["n.test", "later.test", "later.test"])

      server.set("n.test", { addresses: ["192.0.2.1"] })
      assert.deepStrictEqual(yield* resolve("n.test"), [ipv4("192.0.2.1")])
    }),
  )
})

describe("a result", () => {
  it.effect("is shared by concurrent lookups", () =>
    Effect.gen(function* () {
      const server = yield* DnsServer.make({ "a.test": { addresses: ["192.0.2.1"] } })
      const resolve = yield* resolverFor(server)
      yield* Effect.all(
        Array.from({ length: 20 }, () => resolve("a.test")),
        { concurrency: "unbounded" },
      )
      assert.deepStrictEqual(server.asked, ["a.test"])
    }),
  )

  it.effect.each<readonly [ttl: number, seconds: number]>([
    [0, 1],
    [5, 5],
    [86_400, 60],
  ])("with a TTL of %d s is cached for %d s", ([ttl, seconds]) =>
    Effect.gen(function* () {
      const server = yield* DnsServer.make({ "a.test": { addresses: ["192.0.2.1"], ttl } })
      const resolve = yield* resolverFor(server)
      yield* resolve("a.test")
      server.set("a.test", { addresses: ["192.0.2.2"], ttl })
      yield* TestClock.adjust(seconds * 1000 - 1)
      assert.deepStrictEqual(yield* resolve("a.test"), [ipv4("192.0.2.1")])
      yield* TestClock.adjust(1)
      assert.deepStrictEqual(yield* resolve("a.test"), [ipv4("192.0.2.2")])
    }),
  )

  it.effect("of an unknown name is cached for a second", () =>
    Effect.gen(function* () {
      const server = yield* DnsServer.make()
      const resolve = yield* resolverFor(server)
      yield* Effect.flip(resolve("a.test"))
      yield* Effect.flip(resolve("a.test"))
      assert.deepStrictEqual(server.asked, ["a.test"])
      server.set("a.test", { addresses: ["192.0.2.1"] })
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* resolve("a.test"), [ipv4("192.0.2.1")])
    }),
  )
})
