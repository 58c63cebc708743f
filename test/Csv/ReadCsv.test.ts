import { assert, describe, it } from "@effect/vitest"
import * as Arr from "effect/Array"
import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { standard } from "../../src/Csv/record/Dialect.ts"
import { readCsv } from "../../src/Csv/ReadCsv.ts"
import { loadError } from "../../src/Domain/load/LoadError.ts"
import { cut, decodeRows, foundOut, outcomeOf, readAll, refusalOf, table, utf8 } from "./readingCsv.ts"

const options = { maxRecordSize: ByteSize.mebibytes(16), dialect: standard }

describe("values", () => {
  it.effect("are NULL for an unquoted empty field, and empty for a quoted one", () =>
    Effect.gen(function* () {
      const { rows } = yield* table('a,b,c\n,"",x\n"",,\n')
      assert.deepStrictEqual(rows, [
        [null, "", "x"],
        ["", null, null],
      ])
    }),
  )

  it.effect("are not trimmed or guessed", () =>
    Effect.gen(function* () {
      const { rows } = yield* table('a,b\n  x , y\n" ",NULL\n\\N,\\.\n')
      assert.deepStrictEqual(rows, [
        ["  x ", " y"],
        [" ", "NULL"],
        ["\\N", "\\."],
      ])
    }),
  )

  it.effect("end at LF, CRLF and a lone CR, even mixed, and the last line ending may be missing", () =>
    Effect.gen(function* () {
      const expected = [
        ["1", "2"],
        ["3", "4"],
        ["5", null],
      ]
      assert.deepStrictEqual((yield* table("a,b\n1,2\n3,4\n5,\n")).rows, expected)
      assert.deepStrictEqual((yield* table("a,b\r\n1,2\r\n3,4\r\n5,")).rows, expected)
      assert.deepStrictEqual((yield* table("a,b\r1,2\r3,4\r5,")).rows, expected)
      assert.deepStrictEqual((yield* table('a,b\r\n1,2\n3,"4"\r5,\r\n')).rows, expected)
    }),
  )

  it.effect("keep line breaks inside quotes byte for byte", () =>
    Effect.gen(function* () {
      const { rows } = yield* table('a,b\n"1\n2\r\n3\r4","\n"\n"\r\n",x')
      assert.deepStrictEqual(rows, [
        ["1\n2\r\n3\r4", "\n"],
        ["\r\n", "x"],
      ])
    }),
  )

  it.effect("have one quote for a doubled one, and keep quotes in unquoted fields", () =>
    Effect.gen(function* () {
      const { rows } = yield* table('a,b\n"say ""hi""",""""\n5" pipe,x""y"\n')
      assert.deepStrictEqual(rows, [
        ['say "hi"', '"'],
        ['5" pipe', 'x""y"'],
      ])
    }),
  )

  it.effect("keep what has a meaning in COPY's text format", () =>
    Effect.gen(function* () {
      const { rows } = yield* table('a,b\n\\,\\n\nx\ty,"\\\t\\"\n\b\f\v,\x7f\n')
      assert.deepStrictEqual(rows, [
        ["\\", "\\n"],
        ["x\ty", "\\\t\\"],
        ["\b\f\v", "\x7f"],
      ])
    }),
  )

  it.effect("keep text of any script", () =>
    Effect.gen(function* () {
      const words = ["ž", "東京", "🦆", "e\u0301", "\u{10ffff}", "\ud7ff\ue000", "\ufeff"]
      const { header, rows } = yield* table(`${words.join(",")}\n"${words.join('","')}"\n`)
      assert.deepStrictEqual(header, words)
      assert.deepStrictEqual(rows, [words])
    }),
  )

  it.effect("are encoded as COPY's binary rows: field counts, lengths, unchanged text", () =>
    Effect.gen(function* () {
      const file = yield* readCsv(Stream.make(utf8('a,b\n1,\n"\n","\t\\"\n')), options)
      const [batch] = yield* Stream.runCollect(file.batches)
      assert.deepStrictEqual(
        Buffer.from(batch?.bytes ?? []).toString("hex"),
        ["0002", "00000001", "31", "ffffffff", "0002", "00000001", "0a", "00000002", "095c"].join(""),
      )
    }),
  )
})

describe("blank lines", () => {
  it.effect("are skipped in a table of several columns", () =>
    Effect.gen(function* () {
      const { header, rows } = yield* table("\n\r\n\ra,b\n\n1,2\r\n\r\n\r\n3,4\r\r5,6\n\n\n")
      assert.deepStrictEqual(header, ["a", "b"])
      assert.deepStrictEqual(rows, [
        ["1", "2"],
        ["3", "4"],
        ["5", "6"],
      ])
    }),
  )

  it.effect("are NULL in a table of one column, unless no record follows", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual((yield* table("\na\n\n1\n\n")).rows, [[null], ["1"]])
      assert.deepStrictEqual((yield* table("a\r\n\r\n1\r\n\r\n")).rows, [[null], ["1"]])
      assert.deepStrictEqual((yield* table("a\r\r1\r\r\n")).rows, [[null], ["1"]])
      assert.deepStrictEqual((yield* table('"a"\n\n\n')).rows, [])
      assert.deepStrictEqual((yield* table('a\n\n\n""')).rows, [[null], [null], [""]])
      assert.deepStrictEqual((yield* table("a\n1\n")).rows, [["1"]])
      assert.deepStrictEqual((yield* table('a\n""\n')).rows, [[""]])
    }),
  )

  it.effect("may have spaces and tabs in a table of several columns", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual((yield* table("a,b\n \n1,2\n\t \n\t")).rows, [["1", "2"]])
      assert.deepStrictEqual((yield* table(" \n\t\n")).rows, [["\t"]])
    }),
  )
})

describe("the header", () => {
  it.effect("is returned as it is in the file, without quotes", () =>
    Effect.gen(function* () {
      const { header } = yield* table('\ufeff a ,"b, ""c""",,"",B,"two\nlines",\\t\n')
      assert.deepStrictEqual(header, [" a ", 'b, "c"', "", "", "B", "two\nlines", "\\t"])
    }),
  )

  it.effect("gives an empty table if nothing follows it", () =>
    Effect.gen(function* () {
      for (const file of ["a,b", "a,b\n", "a,b\r\n\r\n", "\ufeffa,b", '"a","b"'])
        assert.deepStrictEqual(yield* table(file), { header: ["a", "b"], rows: [] })
    }),
  )

  it.effect("is required: a file without it is empty", () =>
    Effect.gen(function* () {
      for (const file of ["", "\ufeff", "\n", "\r\n\r\n", "\ufeff\n\r"])
        assert.strictEqual((yield* refusalOf(file)).code, "empty_file")
      assert.strictEqual((yield* outcomeOf([])).error?.code, "empty_file")
    }),
  )

  it.effect("is named with the options that skip it", () =>
    Effect.gen(function* () {
      for (const csv of [{ skipLines: 99 }, { skipFooter: 40 }]) {
        const { error } = yield* readAll([utf8("a,b\n1,2\n")], { csv })
        assert.match(error?.message ?? "", /left after skip(?:Lines=99|Footer=40)\./)
      }
    }),
  )

  it.effect("has at most as many cells as a table can have columns", () =>
    Effect.gen(function* () {
      const cells = Array.from({ length: 1600 }, (_, n) => `c${n}`)
      assert.deepStrictEqual((yield* outcomeOf([utf8(cells.join(","))])).header, cells)
      const file = utf8(`\n${cells.join(",")},one more\n`)
      for (const size of [file.length, 1, 1000]) {
        const { error } = yield* outcomeOf(cut(file, size))
        assert.strictEqual(error?.code, "too_many_columns")
        assert.deepStrictEqual(error?.place, {
          record: 0,
          line: 2,
          column: 1601,
          byteOffset: file.length - "one more\n".length,
        })
      }
    }),
  )

  it.effect("is refused if it is too short for records with more fields than a table can have columns", () =>
    Effect.gen(function* () {
      const names = Array.from({ length: 1590 }, (_, n) => `c${n}`).join(",")
      const fileOf = (fields: number) => utf8(`${names}\n${`${"1,".repeat(fields - 1)}1\n`.repeat(5)}`)
      const fits = yield* foundOut([fileOf(1600)])
      assert.lengthOf(fits.header ?? [], 1600)
      const tooWide = yield* foundOut([fileOf(1601)])
      assert.strictEqual(tooWide.error?.code, "too_many_columns")
    }),
  )
})

describe("the stream", () => {
  it.effect("emits at most one batch per chunk, never an empty one", () =>
    Effect.gen(function* () {
      const chunks = ["a,b\n1,2\n3,", "4\n5,6\n7", ",", "", "8", "\n9,10"].map(utf8)
      const file = yield* readCsv(Stream.fromIterable(chunks).pipe(Stream.concat(padding)), options)
      const batches = yield* Stream.runCollect(file.batches)
      assert.isAtMost(batches.length, chunks.length + 1)
      assert.isTrue(batches.every((batch) => batch.rows > 0))
      const rows = batches.flatMap((batch) => decodeRows(batch.bytes))
      assert.strictEqual(rows.length, 5 + paddingRows)
    }),
  )

  const numbers = Array.from({ length: 5000 }, (_, n) => [`${n}`, `${n * n}`])
  const numbersFile = utf8(`a,b\n${numbers.map((row) => `${row.join(",")}\n`).join("")}`)

  it.effect("does not overwrite batches that are not released", () =>
    Effect.gen(function* () {
      const { batches } = yield* readCsv(Stream.fromIterable(cut(numbersFile, 1500)), options)
      const kept = yield* Stream.runCollect(batches)
      assert.deepStrictEqual(
        kept.flatMap((batch) => decodeRows(batch.bytes)),
        numbers,
      )
    }),
  )

  it.effect("reuses the memory of released batches", () =>
    Effect.gen(function* () {
      const { batches } = yield* readCsv(Stream.fromIterable(cut(numbersFile, 1500)), options)
      const memories = new Set<ArrayBufferLike>()
      const rows = yield* batches.pipe(
        Stream.map((batch) => {
          memories.add(batch.bytes.buffer)
          const decoded = decodeRows(batch.bytes)
          batch.release()
          return decoded
        }),
        Stream.runCollect,
      )
      assert.deepStrictEqual(rows.flat(), numbers)
      assert.isAtMost(memories.size, 2)
    }),
  )

  it.effect("pulls only as rows are taken", () =>
    Effect.gen(function* () {
      let pulled = 0
      const endless = Stream.forever(Stream.succeed(utf8("1,2\n".repeat(16 * 1024)))).pipe(
        Stream.mapEffect((chunk) =>
          Effect.sync(() => {
            pulled++
            return chunk
          }),
        ),
      )
      const file = yield* readCsv(endless, options)
      assert.strictEqual(pulled, 1)
      yield* file.batches.pipe(Stream.take(3), Stream.runDrain)
      assert.strictEqual(pulled, 3)
    }),
  )

  it.effect("emits rows before an invalid record before its error", () =>
    Effect.gen(function* () {
      const { rows, error } = yield* outcomeOf([utf8("a,b\n1,2\n3,4\n5\n6,7\n")])
      assert.strictEqual(rows.length, 2)
      assert.strictEqual(error?.code, "ragged_record")
    }),
  )

  it.effect("fails with the error of the bytes, before the header and after it", () =>
    Effect.gen(function* () {
      const broken = Stream.fail(loadError("source_interrupted", "gone"))
      const early = yield* Effect.flip(readCsv(Stream.concat(Stream.make(utf8("a,b\n")), broken), options))
      assert.strictEqual(early.code, "source_interrupted")
      const file = yield* readCsv(
        Stream.make(utf8(`a,b\n${"1,2\n".repeat(20_000)}`)).pipe(Stream.concat(broken)),
        options,
      )
      let rows = 0
      const late = yield* file.batches.pipe(
        Stream.runForEach((batch) => Effect.sync(() => (rows += batch.rows))),
        Effect.flip,
      )
      assert.strictEqual(late.code, "source_interrupted")
      assert.strictEqual(rows, 20_000)
    }),
  )

  it.effect("drops the text of lines before the header that take much memory", () =>
    Effect.gen(function* () {
      const comment = `#${"x".repeat(8000)}\n`
      const file = Stream.range(1, 2200).pipe(
        Stream.map(() => utf8(comment)),
        Stream.concat(Stream.make(utf8("a,b\n1,2\n"))),
      )
      const dialect = { ...standard, comment: "#" }
      const csv = yield* readCsv(file, { ...options, dialect, csv: { comment: "#" } })
      const batches = yield* Stream.runCollect(csv.batches)
      const lines = batches.flatMap(({ skipped }) => skipped)
      assert.deepStrictEqual([lines.length, csv.summary().skipped], [2200, { comment: 2200 }])
      assert.isTrue(lines.every(({ rawBytes }) => rawBytes === 8001))
      const text = lines.reduce((sum, { raw }) => sum + raw.length, 0)
      assert.isBelow(text, 17 * 1024 * 1024)
      assert.isAbove(text, 15 * 1024 * 1024)
    }),
  )

  it.effect("reads a megabyte in chunks of one byte", () =>
    Effect.gen(function* () {
      const count = 64 * 1024
      const file = utf8(`a,b\n${'"x ""y""",žluť\n'.repeat(count)}`)
      const bytes = Stream.mapArray(Stream.fromIterable(file), (some) =>
        Arr.map(some, (byte) => Uint8Array.of(byte)),
      )
      const { batches } = yield* readCsv(bytes, options)
      let rows = 0
      yield* Stream.runForEach(batches, (batch) =>
        Effect.sync(() => {
          rows += batch.rows
          batch.release()
        }),
      )
      assert.strictEqual(rows, count)
    }),
  )
})

const paddingRows = 1000
const padding = Stream.make(utf8("\n" + "11,12\n".repeat(paddingRows)))
