import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import type { Dialect } from "../../../../src/Csv/record/Dialect.ts"
import { standard } from "../../../../src/Csv/record/Dialect.ts"
import { anyBytes, natural } from "../../anyTable.ts"
import { piecesOf, utf8 } from "../../readingCsv.ts"

const literals = <const A extends ReadonlyArray<string | number>>(values: A) =>
  Arbitrary.schema(Schema.Literals(values))

/** Fields that need no quotes, and some that look as if they did. */
const fields = ["", "1", "x", "é", "東京", 'a"b', "N", ".", "2024-05-01 12:00:00", " ", "\ufeff", "\x1a"]

const block = Arbitrary.all({
  /** Clean records, or any bytes if it is 0. */
  records: literals([0, 1, 3, 40, 40]),
  fields: Arbitrary.array(literals([...fields, "long"]), { minLength: 1, maxLength: 30 }),
  odd: anyBytes,
})

/** A file of which parts are clean, in a dialect, and the sizes of its pieces. */
export const anyMixedFile = Arbitrary.map(
  Arbitrary.all({
    blocks: Arbitrary.array(block, { minLength: 1, maxLength: 6 }),
    width: literals([1, 2, 3, 9]),
    delimiter: literals([",", ",", ";", "\t", "|", "^", "a"]),
    quote: literals(['"', '"', "'", "none"]),
    nulls: literals(["unquotedEmpty", "empty", "none"]),
    lineEnd: literals(["\n", "\n", "\r\n"]),
    maxRecordSize: literals([40, 200, 1 << 24]),
    sizes: Arbitrary.array(natural, { maxLength: 5 }),
    pieceSize: literals([0, 50, 700, 70_000]),
    onBadRow: literals(["fail", "reject", "pad"]),
  }),
  ({ blocks, delimiter, lineEnd, nulls, pieceSize, quote, sizes, width, ...rest }) => {
    const dialect: Dialect = {
      ...standard,
      delimiter,
      quote: quote === "none" ? null : quote,
      escape: quote === "none" ? '"' : quote,
      nulls,
    }
    const recordOf = (texts: ReadonlyArray<string>, from: number): string =>
      Array.from({ length: width }, (_, n) => texts[(from + n) % texts.length]!).join(delimiter) + lineEnd
    const header = Array.from({ length: width }, (_, n) => `column ${n}`).join(delimiter) + lineEnd
    const parts = blocks.map(({ fields, odd, records }) => {
      if (records === 0) return odd
      const texts = fields.map((text) => (text === "long" ? "long ".repeat(30) : text))
      return utf8(Array.from({ length: records }, (_, n) => recordOf(texts, n * width)).join(""))
    })
    const file = Buffer.concat([utf8(header), ...parts])
    const pieces =
      pieceSize === 0
        ? piecesOf(file, sizes)
        : Array.from({ length: Math.ceil(file.length / pieceSize) }, (_, n) =>
            file.subarray(n * pieceSize, (n + 1) * pieceSize),
          )
    return { ...rest, dialect, lineEnd, file, pieces }
  },
)
