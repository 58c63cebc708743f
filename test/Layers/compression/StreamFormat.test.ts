import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as zlib from "node:zlib"
import { ByteReader, type NextChunk } from "../../../src/Layers/compression/ByteReader.ts"
import { Damage } from "../../../src/Layers/compression/Damage.ts"
import { decodeStream, gzip } from "../../../src/Layers/compression/StreamFormat.ts"

describe("a decoder", () => {
  it.live("is freed with its scope, in the middle of a file and of a wait", () =>
    Effect.gen(function* () {
      const packed = zlib.gzipSync(Buffer.alloc(1_000_000, "a,b\n"))
      const engines: Array<zlib.Gunzip> = []
      const spied = {
        ...gzip,
        engine: () => {
          const engine = zlib.createGunzip()
          engines.push(engine)
          return engine
        },
      }
      let sent = 0
      const source: NextChunk = Effect.suspend(() =>
        sent < 2 ? Effect.succeed(packed.subarray(sent * 400, ++sent * 400)) : Effect.never,
      )
      const scope = yield* Scope.make()
      const next = yield* decodeStream(spied, new ByteReader(source), new Damage("h", "gzip", false)).pipe(
        Scope.provide(scope),
      )
      assert.isNotNull(yield* next)
      const waiting = yield* Effect.forkChild(Effect.forever(next))
      while (sent < 2) yield* Effect.yieldNow
      assert.isFalse(engines[0]?.destroyed)
      yield* Fiber.interrupt(waiting)
      yield* Scope.close(scope, Exit.void)
      assert.isTrue(engines[0]?.destroyed)
      assert.strictEqual(engines.length, 1)
    }),
  )

  it.live("frees each part's engine when the part ends", () =>
    Effect.gen(function* () {
      const packed = zlib.gzipSync("a\n1\n")
      let engine: zlib.Gunzip | undefined
      const spied = { ...gzip, engine: () => (engine = zlib.createGunzip()) }
      let isSent = false
      const source: NextChunk = Effect.sync(() => {
        if (isSent) return null
        isSent = true
        return packed
      })
      const next = yield* decodeStream(spied, new ByteReader(source), new Damage("h", "gzip", false))
      assert.strictEqual(Buffer.from((yield* next) ?? []).toString(), "a\n1\n")
      assert.isNull(yield* next)
      assert.isNull(yield* next)
      assert.isTrue(engine?.destroyed)
    }).pipe(Effect.scoped),
  )
})
