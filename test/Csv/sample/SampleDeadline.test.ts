import { assert, describe, it } from "@effect/vitest"
import * as ByteSize from "effect/ByteSize"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import type { CopyBatch } from "../../../src/Domain/load/CopyBatch.ts"
import type { LoadError } from "../../../src/Domain/load/LoadError.ts"
import { readCsv } from "../../../src/Csv/ReadCsv.ts"
import { decodeRows, utf8 } from "../readingCsv.ts"
import { encodeText } from "../encoding/encodeText.ts"

/** A source that sends chunks on request and reuses their memory. */
const slowSource = Effect.gen(function* () {
  const memory = new Uint8Array(4 * 1024 * 1024)
  const queue = yield* Queue.unbounded<Uint8Array, Cause.Done>()
  const bytes = Stream.fromPull(
    Effect.succeed(
      Effect.map(Queue.take(queue), (chunk) => {
        memory.fill(0x21)
        memory.set(chunk)
        return [memory.subarray(0, chunk.length)] as const
      }),
    ),
  )
  return {
    bytes,
    send: (chunk: string | Uint8Array) => Queue.offer(queue, typeof chunk === "string" ? utf8(chunk) : chunk),
    end: Queue.end(queue),
  }
})

/** Starts reading a slow source. */
const reading = Effect.gen(function* () {
  const source = yield* slowSource
  const fiber = yield* Effect.forkScoped(readCsv(source.bytes, { maxRecordSize: ByteSize.mebibytes(1) }))
  return { ...source, fiber }
})

/** Runs everything that does not wait for the clock. */
const settle = TestClock.adjust("0 seconds")
const aSecond = TestClock.adjust("1 second")
/** The time for a sample of few lines. */
const fiveSeconds = TestClock.adjust("5 seconds")

const rowsOf = (batches: Stream.Stream<CopyBatch, LoadError>) =>
  Effect.map(Stream.runCollect(batches), (batches) => batches.flatMap(({ bytes }) => decodeRows(bytes)))

describe("a slow source", () => {
  it.effect("has its header read one second after its first byte, and loses nothing", () =>
    Effect.gen(function* () {
      const { end, fiber, send } = yield* reading
      yield* TestClock.adjust("1 minute")
      yield* send("id;na")
      yield* send(`me\n1;'x;y'\n2;'z'\n${"3;w\n".repeat(8)}3`)
      yield* TestClock.adjust("999 millis")
      assert.isUndefined(fiber.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      const { batches, dialect, header, summary } = yield* Fiber.join(fiber)
      assert.deepStrictEqual([header, dialect.delimiter, dialect.quote], [["id", "name"], ";", "'"])
      const [warning] = summary().warnings
      assert.deepStrictEqual([warning?.code, warning?.line], ["decided_early", null])
      assert.include(warning?.message, "only 55 bytes")
      const rows = yield* Effect.forkScoped(rowsOf(batches))
      yield* send(";w\n4;v")
      yield* settle
      yield* send("\n5;u\n")
      yield* end
      assert.deepStrictEqual(yield* Fiber.join(rows), [
        ["1", "x;y"],
        ["2", "z"],
        ...Array.from({ length: 9 }, () => ["3", "w"]),
        ["4", "v"],
        ["5", "u"],
      ])
    }),
  )

  it.effect("is not sampled before it has sent a header and a record", () =>
    Effect.gen(function* () {
      const { end, fiber, send } = yield* reading
      yield* send("\r\n \n\nid;name\n1;")
      yield* TestClock.adjust("1 minute")
      assert.isUndefined(fiber.pollUnsafe())
      yield* send("x\n")
      yield* settle
      const { batches, dialect, header, summary } = yield* Fiber.join(fiber)
      assert.deepStrictEqual(
        [header, dialect.delimiter, summary().dialect.skippedLines],
        [["id", "name"], ";", 3],
      )
      yield* end
      assert.deepStrictEqual(yield* rowsOf(batches), [["1", "x"]])
    }),
  )

  it.effect("may have sent one kilobyte, but not 64", () =>
    Effect.gen(function* () {
      const { end, fiber, send } = yield* reading
      const line = `${"x".repeat(500)};1\n`
      for (let sent = 0; sent < 12; sent++) {
        yield* send(sent === 0 ? `name;n\n${line}` : line)
        yield* settle
      }
      assert.isUndefined(fiber.pollUnsafe())
      yield* aSecond
      const { batches, dialect } = yield* Fiber.join(fiber)
      assert.strictEqual(dialect.delimiter, ";")
      yield* send(line)
      yield* end
      assert.strictEqual((yield* rowsOf(batches)).length, 13)
    }),
  )

  it.effect("has its encoding guessed from what it has sent", () =>
    Effect.gen(function* () {
      const { end, fiber, send } = yield* reading
      yield* send(encodeText("städte;n\nKöln;1\nMünchen;2\nDü", "windows-1252"))
      yield* fiveSeconds
      const { batches, header, summary } = yield* Fiber.join(fiber)
      assert.deepStrictEqual([header, summary().encoding], [["städte", "n"], "windows-1252"])
      yield* send(encodeText("ren;3\n", "windows-1252"))
      yield* end
      assert.deepStrictEqual(yield* rowsOf(batches), [
        ["Köln", "1"],
        ["München", "2"],
        ["Düren", "3"],
      ])
    }),
  )

  it.effect("may be in UTF-16, or cut inside a character", () =>
    Effect.gen(function* () {
      const texts = ["utf-16le", "utf-8"] as const
      for (const encoding of texts) {
        const { end, fiber, send } = yield* reading
        const bytes = encodeText("id;name\n1;aé\n2;é\n3;x\n", encoding)
        const at = encoding === "utf-8" ? 16 : 31
        yield* send(bytes.slice(0, at))
        yield* fiveSeconds
        const file = yield* Fiber.join(fiber)
        yield* send(bytes.slice(at))
        yield* end
        assert.deepStrictEqual(yield* rowsOf(file.batches), [
          ["1", "aé"],
          ["2", "é"],
          ["3", "x"],
        ])
        assert.strictEqual(file.summary().encoding, encoding)
      }
    }),
  )
})

describe("a source that pauses after few lines", () => {
  const pieces = ["Report of sales\n\nid,name\n", "1,Ann\n2,Bob\n", "3,Cy\n"]

  it.effect("has the outcome of a fast one if the pause is shorter than five seconds", () =>
    Effect.gen(function* () {
      const { end, fiber, send } = yield* reading
      yield* send(pieces[0]!)
      yield* TestClock.adjust("4 seconds")
      assert.isUndefined(fiber.pollUnsafe())
      yield* send(pieces[1]! + pieces[2]!)
      yield* end
      const { batches, header, summary } = yield* Fiber.join(fiber)
      assert.deepStrictEqual([header, summary().dialect.skippedLines], [["id", "name"], 2])
      assert.strictEqual((yield* rowsOf(batches)).length, 3)
      assert.deepStrictEqual(
        summary().warnings.filter(({ code }) => code === "decided_early"),
        [],
      )
    }),
  )

  it.effect("has a warning otherwise, wherever the pause is", () =>
    Effect.gen(function* () {
      for (const before of [1, 2]) {
        const { end, fiber, send } = yield* reading
        for (const piece of pieces.slice(0, before)) yield* send(piece)
        yield* fiveSeconds
        const { batches, summary } = yield* Fiber.join(fiber)
        for (const piece of pieces.slice(before)) yield* send(piece)
        yield* end
        yield* rowsOf(batches)
        assert.include(
          summary().warnings.map(({ code }) => code),
          "decided_early",
        )
      }
    }),
  )
})

describe("a source that stops sending", () => {
  it.effect("has its header read when it ends, however late that is", () =>
    Effect.gen(function* () {
      const { end, fiber, send } = yield* reading
      yield* send("id;name")
      yield* TestClock.adjust("1 hour")
      assert.isUndefined(fiber.pollUnsafe())
      yield* end
      assert.deepStrictEqual((yield* Fiber.join(fiber)).header, ["id", "name"])
    }),
  )

  it.effect("can be interrupted while it is waited for", () =>
    Effect.gen(function* () {
      const stopped = yield* Queue.unbounded<string>()
      const bytes = Stream.concat(Stream.make(utf8("a\n")), Stream.never).pipe(
        Stream.onExit(() => Queue.offer(stopped, "stopped")),
      )
      const fiber = yield* readCsv(bytes, { maxRecordSize: ByteSize.mebibytes(1) }).pipe(
        Effect.scoped,
        Effect.forkScoped,
      )
      yield* aSecond
      yield* Fiber.interrupt(fiber)
      assert.strictEqual(yield* Queue.take(stopped), "stopped")
    }),
  )
})
