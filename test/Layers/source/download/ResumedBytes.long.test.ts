import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { createHash } from "node:crypto"
import * as zlib from "node:zlib"
import * as CsvServer from "../../../support/CsvServer.ts"
import { layer, open } from "../../../support/FetchedSource.ts"
import { rangedFile } from "../../../support/RangedFile.ts"

const size = 3_000_000
const cuts = 20

/** Random numbers in [0, 1) from a seed. */
const randomFrom = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** Rows that compress to about half their size. */
const rows = (random: () => number): Buffer => {
  const lines: Array<string> = []
  for (let length = 0; length < size; length += lines.at(-1)!.length) {
    lines.push(`${lines.length},${random()},${random() < 0.5 ? "yes" : "no"}\n`)
  }
  return Buffer.from(lines.join(""))
}

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex")

/**
 * Most bytes that are requested again after a cut: those in the client's socket and in undici that were not pulled yet.
 * Chunks have 64 KiB.
 */
const maxUnpulled = 256 * 1024

const Seed = Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2 ** 31 })))

describe("a download that is cut twenty times", () => {
  for (const [name, pack] of [
    ["uncompressed", (csv: Buffer) => csv],
    ["compressed with gzip", (csv: Buffer) => zlib.gzipSync(csv, { level: 1 })],
  ] as const)
    it.live.prop(
      `is complete and identical with one resume per cut, ${name}`,
      { seed: Seed },
      ({ seed }) =>
        Effect.gen(function* () {
          const random = randomFrom(seed)
          const csv = rows(random)
          const body = pack(csv)
          const breaks = Array.from({ length: cuts }, () => 1 + Math.floor(random() * (body.length - 1)))
          const file = rangedFile(body, { headers: { etag: '"1"' }, breaks })
          const server = yield* CsvServer.make()
          yield* server.serve("/a.csv", file.answer)
          const source = yield* open(server.url("/a.csv"))
          const hash = createHash("sha256")
          yield* Stream.runForEach(source.bytes, (chunk) => Effect.sync(() => hash.update(chunk)))
          assert.strictEqual(hash.digest("hex"), sha256(csv))
          assert.strictEqual(source.resumes(), cuts)
          assert.strictEqual(source.bytesReceived(), body.length)
          assert.strictEqual(file.served.length, cuts + 1)
          file.served.slice(1).forEach(({ from }, cut) => {
            const { to } = file.served[cut]!
            assert.isAtMost(from, to)
            assert.isAtMost(to - from, maxUnpulled)
          })
        }).pipe(Effect.scoped, Effect.provide(layer())),
      { arbitrary: { runs: 5 } },
    )
})
