import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { readFile } from "node:fs/promises"
import { promisify } from "node:util"
import * as zlib from "node:zlib"
import { SourceUrl } from "../../../../src/Domain/source/SourceUrl.ts"
import * as NameResolver from "../../../../src/Layers/source/dns/NameResolver.ts"
import * as CsvServer from "../../../support/CsvServer.ts"
import * as DnsServer from "../../../support/DnsServer.ts"
import { failure, fetchText, layer } from "../../../support/FetchedSource.ts"

/** Resolves names at the server, without this machine's hosts file and search list. */
const resolverAt = (server: DnsServer.DnsServer) =>
  Effect.runSync(NameResolver.make({ servers: [server.address], hostsFile: "", resolvConf: "" }))

describe("names that DNS does not reply about", () => {
  it.live("block neither other downloads nor the file system nor zlib", () =>
    Effect.gen(function* () {
      const silent = Array.from({ length: 8 }, (_, index) => `n${index}.silent.test`)
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", CsvServer.file("a\n"))
      const dns = yield* DnsServer.make({
        ...Object.fromEntries(silent.map((name) => [name, DnsServer.silent])),
        "pub.test": { addresses: ["127.0.0.1"] },
      })
      yield* Effect.gen(function* () {
        const waiting = yield* Effect.forEach(silent, (name) =>
          Effect.forkChild(fetchText(SourceUrl.make(`http://${name}/a.csv`))),
        )
        const asked = yield* Effect.forEach(silent, () => dns.query)
        assert.sameMembers(asked, silent)

        assert.strictEqual(yield* fetchText(SourceUrl.make(`http://pub.test:${server.port}/a.csv`)), "a\n")
        yield* Effect.promise(() => promisify(zlib.gzip)("a\n"))
        yield* Effect.promise(() => readFile(import.meta.filename))
        assert.deepStrictEqual(
          waiting.map((download) => download.pollUnsafe()),
          silent.map(() => undefined),
        )
        yield* Fiber.interruptAll(waiting)
      }).pipe(Effect.provide(layer({}, resolverAt(dns))))
    }),
  )
})

describe("a cached name", () => {
  it.live("has its address checked again", () =>
    Effect.gen(function* () {
      const allowed = yield* CsvServer.make()
      const other = yield* CsvServer.make()
      yield* allowed.serve("/a.csv", CsvServer.file("a\n"))
      const dns = yield* DnsServer.make({ "pub.test": { addresses: ["127.0.0.1"] } })
      yield* Effect.gen(function* () {
        assert.strictEqual(yield* fetchText(SourceUrl.make(`http://pub.test:${allowed.port}/a.csv`)), "a\n")
        const error = yield* failure(SourceUrl.make(`http://pub.test:${other.port}/a.csv`))
        assert.strictEqual(error.code, "source_unknown_host")
      }).pipe(Effect.provide(layer({ ALLOWED_HOSTS: `127.0.0.1:${allowed.port}` }, resolverAt(dns))))
      assert.deepStrictEqual(dns.asked, ["pub.test"])
      assert.strictEqual(other.connections(), 0)
    }),
  )
})

describe("a name without an address", () => {
  it.live("is unknown when DNS says so, and unreachable when DNS fails", () =>
    Effect.gen(function* () {
      const dns = yield* DnsServer.make({ "broken.test": DnsServer.failing })
      yield* Effect.gen(function* () {
        const unknown = yield* failure(SourceUrl.make("http://unknown.test/a.csv"))
        assert.strictEqual(unknown.code, "source_unknown_host")
        const broken = yield* failure(SourceUrl.make("http://broken.test/a.csv"))
        assert.strictEqual(broken.code, "source_unreachable")
      }).pipe(Effect.provide(layer({}, resolverAt(dns))))
    }),
  )
})
