import { assert, describe, it } from "@effect/vitest"
import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { RowEncoder } from "../../../src/Csv/columns/RowEncoder.ts"
import { encodeBatches, typeRows } from "../../../src/Csv/columns/typeRows.ts"
import { readCsv } from "../../../src/Csv/ReadCsv.ts"
import { standard } from "../../../src/Csv/record/Dialect.ts"
import { CsvScanner, type ScanResult } from "../../../src/Csv/scan/CsvScanner.ts"
import type { Reject } from "../../../src/Domain/load/Reject.ts"
import { cut, utf8 } from "../readingCsv.ts"
import { seeded } from "../types/anyText.ts"
import { plainColumns } from "../types/inferring.ts"

/** A file of two columns, the second one of whole numbers, and where each record is that has no such number. */
interface TypedFile {
  readonly text: string
  readonly rows: ReadonlyArray<string>
  readonly misfits: ReadonlyArray<
    Pick<Reject, "record" | "line" | "column" | "byteOffset" | "raw" | "rawBytes">
  >
  readonly lines: { readonly rows: number; readonly rejects: number }
}

const lineEnds = ["\n", "\r\n", "\r"]

/** @param at picks one of a number of choices */
const anyFile = (at: (choices: number) => number, end: string): TypedFile => {
  let text = `name,n${end}`
  let line = 2
  let record = 0
  const rows: Array<string> = []
  const misfits: Array<TypedFile["misfits"][number]> = []
  const lines = { rows: 0, rejects: 0 }
  const count = 1 + at(40)
  for (let n = 0; n < count; n++) {
    const choice = n === 0 ? 0 : at(9)
    if (choice === 8) {
      text += end
      line++
      continue
    }
    record++
    if (choice === 7) {
      text += `too,many,fields${end}`
      line++
      lines.rejects++
      continue
    }
    // A cell of several lines, one with a quote that is not doubled, or a plain one.
    const name = [`"a${end}b"`, `"say "hi" now"`, "Größe", `"x, y"`, ""][at(5)]!
    const isMisfit = choice > 4
    const value = isMisfit ? ["x", `"two${end}lines"`, "1.5", '""'][at(4)]! : String(at(1e6))
    const raw = `${name},${value}`
    const before = text + name
    const length = raw.split(end).length
    if (isMisfit)
      misfits.push({
        record,
        line: line + name.split(end).length - 1,
        column: 2,
        byteOffset: Buffer.byteLength(before) + 1,
        raw,
        rawBytes: Buffer.byteLength(raw),
      })
    else rows.push(value)
    lines[isMisfit ? "rejects" : "rows"] += length
    line += length
    text += n === count - 1 && at(2) === 0 ? raw : `${raw}${end}`
  }
  return { text, rows, misfits, lines }
}

const scanTyped = (pieces: Iterable<Uint8Array>, vectorFrom: number) => {
  const scanner = new CsvScanner({
    dialect: standard,
    offset: 0,
    maxRecordSize: 1000,
    onBadRow: "reject",
    findsRows: true,
    vectorFrom,
  })
  const encoder = new RowEncoder(plainColumns(2, ["text", "integer"]), 2, {
    infer: false,
    onBadRow: "reject",
  })
  const rows: Array<number> = []
  const rejects: Array<Reject> = []
  const take = (scanned: ScanResult): void => {
    for (let next: ScanResult | null = scanned; next !== null;) {
      assert.isNull(next.error)
      if (next.batch !== null) {
        const { firstRecord } = next.batch
        const batch = encoder.encode(next.batch)
        if ("_tag" in batch) return assert.fail(batch.message)
        assert.strictEqual(firstRecord, rows.length + rejects.length + 1)
        const view = new DataView(batch.bytes.buffer, batch.bytes.byteOffset, batch.bytes.length)
        let at = 0
        for (let row = 0; row < batch.rows; row++) {
          at += 2
          at += 4 + Math.max(0, view.getInt32(at))
          rows.push(view.getInt32(at + 4))
          at += 8
        }
        assert.strictEqual(at, batch.bytes.length)
        rejects.push(...batch.rejects)
        batch.release()
      }
      next = scanner.hasMore ? scanner.resume() : null
    }
  }
  for (const piece of pieces) take(scanner.push(piece))
  take(scanner.finish())
  return { rows: rows.map(String), rejects, lines: scanner.lines }
}

describe("a record whose value does not have the type that the user gave its column", () => {
  it("is rejected with its exact text, place and lines, wherever the file is cut", () => {
    const { below } = seeded(7)
    for (let n = 0; n < 100; n++) {
      const file = anyFile(below, lineEnds[n % 3]!)
      const bytes = utf8(file.text)
      for (const vectorFrom of [0, Infinity])
        for (const size of [bytes.length, 1, 7, 64]) {
          const { lines, rejects, rows } = scanTyped(cut(bytes, size), vectorFrom)
          assert.deepStrictEqual(rows, file.rows, file.text)
          const misfits = rejects.filter(({ reason }) => reason === "type_mismatch")
          assert.deepStrictEqual(
            misfits.map(({ byteOffset, column, line, raw, rawBytes, record }) => ({
              record,
              line,
              column,
              byteOffset,
              raw,
              rawBytes,
            })),
            file.misfits,
            JSON.stringify(file.text),
          )
          assert.deepInclude(lines, file.lines, JSON.stringify(file.text))
        }
    }
  })

  it.effect("says nothing about the inferred types of other columns, in the first rows and later", () =>
    Effect.gen(function* () {
      const file = `a,n\n1,1\nx,n\n${"2,2\n".repeat(300_000)}y,2.5\n3,3\n`
      const csv = yield* readCsv(Stream.fromIterable(cut(utf8(file), 64 * 1024)), {
        maxRecordSize: ByteSize.mebibytes(1),
        onBadRow: "reject",
        findsRows: true,
      })
      const plan = plainColumns(2, [null, "integer"])
      const encoder = new RowEncoder(plan, 2, { infer: true, onBadRow: "reject" })
      const rows = yield* typeRows(csv.batches, encoder)
      assert.deepStrictEqual(encoder.stored, ["bigint", "integer"])
      const rejects = yield* rows.pipe(
        Stream.map((batch) => batch.rejects),
        Stream.runCollect,
      )
      assert.deepStrictEqual(
        rejects.flat().map(({ line, raw }) => [line, raw]),
        [
          [3, "x,n"],
          [300_004, "y,2.5"],
        ],
      )
      assert.deepStrictEqual(encoder.types, ["bigint", "integer"])
      assert.strictEqual(encoder.rewrites, 0)
      assert.deepInclude(csv.summary().lines, { rows: 300_002, rejects: 2 })
    }).pipe(Effect.scoped),
  )

  it.effect("has its byte offset in the file, also if the file is in another encoding", () =>
    Effect.gen(function* () {
      const file = Buffer.from("name,n\nGröße,1\nMaß,x\n", "latin1")
      const csv = yield* readCsv(Stream.make(file), {
        maxRecordSize: ByteSize.mebibytes(1),
        csv: { encoding: "windows-1252" },
        onBadRow: "reject",
        findsRows: true,
      })
      const encoder = new RowEncoder(plainColumns(2, ["text", "integer"]), 2, {
        infer: false,
        onBadRow: "reject",
      })
      const batches = yield* Stream.runCollect(csv.batches.pipe(encodeBatches(encoder)))
      const [reject] = batches.flatMap(({ rejects }) => rejects)
      assert.deepInclude(reject, { record: 2, line: 3, byteOffset: file.indexOf("x"), raw: "Maß,x" })
    }).pipe(Effect.scoped),
  )
})
