import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import {
  type Detected,
  detectDialect,
  type DetectOptions,
  firstLook,
} from "../../../src/Csv/detect/detectDialect.ts"
import { utf8 } from "../readingCsv.ts"
import { tinyFiles } from "./tinyFiles.ts"
import { trickyFiles } from "./trickyFiles.ts"
import { untidyFiles } from "./untidyFiles.ts"

const detect = (text: string, options: Partial<DetectOptions> = {}): Detected =>
  Effect.runSync(detectDialect(utf8(text), { isWhole: true, ...options }))

/** Whether the text leaves a doubt, so that more of the file is read. */
const readsMore = (text: string): boolean => {
  let isRead = false
  const sample = utf8(text)
  const larger = Effect.sync(() => {
    isRead = true
    return { bytes: sample, isWhole: false }
  })
  Effect.runSync(detectDialect(sample, { isWhole: false }, larger))
  return isRead
}

/** Lines with at least this many characters in all. */
const lines = (size: number, line: (n: number) => string): string => {
  let text = ""
  for (let n = 0; text.length < size; n++) text += line(n)
  return text
}

/** More than the first look covers. */
const large = 2 * firstLook

/** Microseconds of this thread's CPU for this many detections. The clock may tick only every 10 ms. */
const cost = (text: string, times: number): number => {
  const start = process.threadCpuUsage()
  for (let n = 0; n < times; n++) detect(text, { isWhole: false })
  const { system, user } = process.threadCpuUsage(start)
  return user + system
}

describe("tricky files", () => {
  it.each([...trickyFiles, ...tinyFiles, ...untidyFiles].map((file) => [file.name, file] as const))(
    "the dialect of a tricky file is detected: %s",
    (_, { expected, text }) => {
      const found = detect(text)
      const wanted = {
        delimiter: ",",
        quote: '"',
        escape: '"',
        skipInitialSpace: false,
        recordEnd: "any",
        comment: null,
        skipLines: 0,
        columns: null,
        ...expected,
      }
      assert.deepStrictEqual({ ...found, ...wanted }, found)
    },
  )
})

describe("a given option", () => {
  it("is used against all evidence", () => {
    const text = "a;b\n1;2\n3;4\n"
    assert.strictEqual(detect(text, { delimiter: "," }).delimiter, ",")
    assert.strictEqual(detect(text, { delimiter: "^" }).delimiter, "^")
    assert.isNull(detect('"a","b"\n"1","2"\n', { quote: null }).quote)
    assert.strictEqual(detect('"a","b"\n"1","2"\n', { quote: "'" }).quote, "'")
    assert.strictEqual(detect('a,b\n"x","y"\n', { escape: "\\" }).escape, "\\")
    assert.strictEqual(detect("a,b\n%x\n1,2\n", { comment: "%" }).comment, "%")
    assert.isNull(detect("a,b\n1,2\n# x\n3,4\n", { comment: null }).comment)
  })

  it("helps to detect the others", () => {
    const found = detect("Report\nnobody's, really\na;'b, c'\n1;'x;y'\n2;'z'\n", { quote: "'" })
    assert.strictEqual(found.delimiter, ";")
    assert.strictEqual(found.skipLines, 2)
  })

  it("that excludes a preamble makes the first line the header", () => {
    assert.strictEqual(detect("Report\na,b\n1,2\n", { hasPreamble: false }).skipLines, 0)
    assert.strictEqual(detect("sep=;\na;b\n1;2\n", { hasPreamble: false }).skipLines, 0)
  })

  it("may be a quote that starts comments, in a file without quotes", () => {
    const found = detect("a,b\n1,2\n", { comment: '"' })
    assert.deepStrictEqual([found.delimiter, found.quote, found.comment], [",", null, '"'])
  })

  it("may be the usual quote as the delimiter", () => {
    assert.strictEqual(detect('a"b\n1"2\n', { delimiter: '"' }).quote, null)
  })
})

describe("a header", () => {
  it("is recognised by names over numbers, dates or links", () => {
    for (const text of ["n,x\n1,a\n2,b\n", "x,day\na,2020-01-02\n", "a,url\nb,http://x.org/\n"])
      assert.isTrue(detect(text).hasHeader, text)
  })

  it("is missing if the first record looks like the others", () => {
    for (const text of ["1,a\n2,b\n3,c\n", "x,2020-01-02\ny,2020-01-03\n", "1.5;2,5\n3.5;4,5\n"])
      assert.isFalse(detect(text).hasHeader, text)
  })

  it("is assumed over texts, and if there are no records", () => {
    for (const text of ["a,b\nx,y\nz,w\n", "name,age", "name"]) assert.isTrue(detect(text).hasHeader, text)
  })

  it("may consist of years", () => {
    assert.isTrue(detect("country,2019,2020\nA,1.5,2.5\nB,3.5,4.5\n").hasHeader)
  })
})

describe("a large file", () => {
  it("is detected from its whole sample if the first part has no quotes", () => {
    const text = lines(large, (n) => `${n};plain;x\n`) + lines(large, (n) => `${n};'quoted; it is';x\n`)
    const found = detect(text, { isWhole: false })
    assert.strictEqual(found.delimiter, ";")
    assert.strictEqual(found.quote, "'")
  })

  it("may be cut anywhere", () => {
    const text = 'id;text\n1;"two\nlines; and ""more"""\n2;x\n3;"y;z"\n'
    const sample = lines(2000, () => text.slice(8))
    for (let end = 200; end < 260; end++) {
      const found = detect("id;text\n" + sample.slice(0, end), { isWhole: false })
      assert.deepStrictEqual([found.delimiter, found.quote, found.skipLines], [";", '"', 0])
    }
  })

  it("may contain a quoted cell that is larger than the sample", () => {
    const prose = lines(large, () => 'long, long; and ""so"" on: ')
    for (const before of ["id,n,text\n", "id,n,text\n1,2,x\n", "id,n,text\n1,2,x\n2,3,y\n"]) {
      const found = detect(`${before}7,8,"${prose}`, { isWhole: false })
      assert.deepStrictEqual([found.delimiter, found.quote, found.skipLines], [",", '"', 0], before)
      const ofLines = detect(`${before}7,8,"${prose.replaceAll(": ", ":\n")}`, { isWhole: false })
      assert.deepStrictEqual([ofLines.delimiter, ofLines.quote], [",", '"'], before)
    }
  })

  it("is read without quotes if a stray quote would swallow its records", () => {
    const found = detect(`id;text;n\n1;x;1\n2;"y;2\n${lines(large, (n) => `${n};z;3\n`)}`, {
      isWhole: false,
    })
    assert.deepStrictEqual([found.delimiter, found.quote], [";", null])
  })

  it("is detected from its beginning if that leaves no doubt", () => {
    const records = lines(4000, (n) => `${n},"a ""b""",x\n`)
    assert.isFalse(readsMore("id,text,x\n" + records))
    assert.isFalse(readsMore("id;text;x\n" + records.replaceAll(",", ";")))
    assert.isFalse(readsMore("title\n\nid,text,x\n" + records))
    assert.isTrue(readsMore("id;text;x\n" + records.replaceAll(",", ";").replaceAll('"', "")))
    assert.isTrue(readsMore("id,text,x\n" + records + "1,2\n" + records))
    assert.isTrue(readsMore("id,text,x\n" + records.replaceAll('"', "'")))
    assert.isTrue(readsMore(lines(4000, (n) => `${n},1;2\n`)))
  })

  it("costs linear time, however hostile", () => {
    const hostile = ["\n", ",", '"', '",', "',\"a\n", ' "', '\\"', "#\n", "a:b|c;d\te,", "\r"]
    for (const line of hostile) {
      const ofQuarters = cost(
        lines(firstLook / 4, () => line),
        4,
      )
      // Quadratic time would be 4 times as long, and seconds.
      const ofWhole = cost(
        lines(firstLook, () => line),
        1,
      )
      assert.isBelow(ofWhole, 2 * ofQuarters + 100_000, JSON.stringify(line))
    }
  })
})
