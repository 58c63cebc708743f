import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as ByteSize from "effect/ByteSize"
import { readCsv } from "../../../src/Csv/ReadCsv.ts"
import { standard } from "../../../src/Csv/record/Dialect.ts"
import { cut, scanAll, utf8 } from "../readingCsv.ts"

const maxRecordSize = ByteSize.mebibytes(16)

const warned = (file: string, size: number) =>
  Effect.gen(function* () {
    const csv = yield* readCsv(Stream.fromIterable(cut(utf8(file), size)), {
      maxRecordSize,
      onBadRow: "reject",
    })
    yield* Stream.runDrain(csv.batches)
    return csv.summary().warnings.map(({ code, line }) => `${code} ${line}`)
  }).pipe(Effect.scoped)

/** Codes and lines of the warnings, which neither the line ending nor the cuts between chunks change. */
const warningsOf = Effect.fnUntraced(function* (file: string) {
  const warnings = yield* warned(file, 64 * 1024)
  const crlf = file.replaceAll("\n", "\r\n")
  assert.deepStrictEqual(yield* warned(crlf, 64 * 1024), warnings)
  if (file.length < 1000)
    for (const size of [1, 5, 17]) assert.deepStrictEqual(yield* warned(crlf, size), warnings, `${size}`)
  // That another reading is close is seen before the rows are.
  return warnings.filter((warning) => !warning.startsWith("close_reading"))
})

const records = (count: number) =>
  Array.from({ length: count }, (_, n) => `${n},"x, ${n}",${n % 7}\n`).join("")

const manyRecords = records(20_000)

/** A record whose lines are records, and one whose lines have as many delimiters in total. */
const swallowing = (n: number) => `${n},"begin ""${n}"",2\n2,foo,3\n3,end",4\n`
const lookingLike = (n: number) => `${n},"one, two\nthree, four, five",6\n`

describe("rows that may not be what they seem", () => {
  it.effect("are those of a stray quote that swallowed lines of the table's width", () =>
    Effect.gen(function* () {
      const swallowing = '1,"begin,2\n2,foo,3\n3,end",4\n'
      const header = "id,name,qty\n"
      assert.deepStrictEqual(yield* warningsOf(`${header}${swallowing}4,x,5\n5,y,6\n`), ["swallowed_lines 2"])
      assert.deepStrictEqual(yield* warningsOf('item,size,n\nPipe,"2,5\nTube,3,6\nRod,4",7\nBar,5,8\n'), [
        "swallowed_lines 2",
      ])
      assert.deepStrictEqual(
        yield* warningsOf(`${header}${manyRecords}7,"two\nlines",8\n${swallowing}${manyRecords}`),
        ["swallowed_lines 20004"],
      )
    }),
  )

  it.effect("are counted alike by SIMD and the byte loop, wherever the file is cut", () =>
    Effect.gen(function* () {
      const file = Array.from(
        { length: 60 },
        (_, n) =>
          `${n},x,${n}\n${[swallowing, lookingLike][n % 3]?.(n) ?? ""}${"y".repeat(n % 40)},"a,b",1\n`,
      ).join("")
      const messagesOf = Effect.fnUntraced(function* (size: number) {
        const csv = yield* readCsv(Stream.fromIterable(cut(utf8(`id,name,qty\n${file}`), size)), {
          maxRecordSize,
        })
        yield* Stream.runDrain(csv.batches)
        return csv.summary().warnings.map(({ message }) => message)
      }, Effect.scoped)
      // Chunks of fewer than 128 bytes are left to the byte loop.
      const expected = yield* messagesOf(100)
      assert.match(expected.join(), /20 records have a cell of several lines/)
      for (const size of [128, 150, 211, 333, 512, 1000, 2047, 65_536])
        assert.deepStrictEqual(yield* messagesOf(size), expected, `${size}`)
    }),
  )

  it("are described alike wherever a file with blanks around delimiters is cut", () => {
    const file = utf8('h0,h1\n1, 2\n\n3, 4\n"\uFEFFa\n", 5\n\n6, 7\n')
    const options = { dialect: { ...standard, skipInitialSpace: true } }
    const { warnings } = scanAll([file], options)
    assert.deepStrictEqual(
      warnings.map(({ code }) => code),
      ["two_tables"],
    )
    for (const size of [1, 2, 5, 9, 16])
      assert.deepStrictEqual(scanAll(cut(file, size), options).warnings, warnings, `${size}`)
  })

  it.effect("are no cells with prose", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(
        yield* warningsOf('id,text\n1,"Dear Sir,\n we are, here\n and, there"\n2,ok\n3,"a\nb\nc"\n'),
        [],
      )
      assert.deepStrictEqual(yield* warningsOf('id,text,n\n1,"Main St\nPrague",2\n2,"a\n\nb",3\n'), [])
    }),
  )

  it.effect("are a header or a byte order mark among the records", () =>
    Effect.gen(function* () {
      const file = "id,name,qty\n1,a,2\n2,b,3\n"
      assert.deepStrictEqual(yield* warningsOf(file + file), ["two_tables 4"])
      assert.deepStrictEqual(yield* warningsOf(`${file}\ufeff${file}`), ["two_tables 4"])
      assert.deepStrictEqual(yield* warningsOf(`${file}\n\n\ufeff3,c,4\n`), ["two_tables 6"])
      assert.deepStrictEqual(yield* warningsOf(`id,name,qty\n${manyRecords}\n\n${file}`), [
        "two_tables 20004",
      ])
      assert.deepStrictEqual(yield* warningsOf(",a,b\n1,2,3\n2,3,4\n,a,b\n3,4,5\n"), ["two_tables 4"])
      assert.deepStrictEqual(yield* warningsOf(`${file}3,a\ufeffb,4\n4,name,qty\n`), [])
    }),
  )

  it.effect("are text after a blank line where the first record has numbers", () =>
    Effect.gen(function* () {
      const file = "id,name\n1,Ann\n2,Bob\n3,Cy\n"
      assert.deepStrictEqual(yield* warningsOf(`${file}\ncity,pop\nPrague,1\nBrno,3\n`), ["two_tables 6"])
      assert.deepStrictEqual(yield* warningsOf(`${file}\n* provisional,subject to change\n`), [
        "two_tables 6",
      ])
      assert.deepStrictEqual(yield* warningsOf(`${file}\n4,Dee\n`), [])
      assert.deepStrictEqual(yield* warningsOf("id,name\n1,a\n\n2,b\n\nx,y\n\n3,d\n"), [])
    }),
  )

  it.effect("are rejects of one other width, three in a row", () =>
    Effect.gen(function* () {
      const file = `id,name,qty\n${records(20)}`
      const wide = '3,1,"2,3",4,5\n'
      for (const rejects of [
        `${wide}4,c,z\n${wide}${wide}4,c,z\n${wide}`,
        `4,c\n${wide}${wide}4,c\n`,
        "a\nb\nc\n4,c,z\n",
      ])
        assert.deepStrictEqual(yield* warningsOf(file + rejects), [])
      assert.deepStrictEqual(yield* warningsOf(`${file}4,c\n${wide}${wide}${wide}4,c\n`), ["two_tables 23"])
    }),
  )
})
