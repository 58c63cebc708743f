import { assert, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import { CopyData } from "../../../../src/Layers/database/export/CopyData.ts"

const message = (type: string, content: string): Buffer => {
  const body = Buffer.from(content, "latin1")
  const header = Buffer.alloc(5)
  header.write(type, "latin1")
  header.writeUInt32BE(body.byteLength + 4, 1)
  return Buffer.concat([header, body])
}

/** Cuts the bytes into parts of these sizes, over and over. */
const cut = (bytes: Buffer, sizes: ReadonlyArray<number>): ReadonlyArray<Buffer> => {
  const parts: Array<Buffer> = []
  for (let from = 0; from < bytes.byteLength;) {
    const to = Math.min(bytes.byteLength, from + sizes[parts.length % sizes.length]!)
    parts.push(Buffer.from(bytes.subarray(from, to)))
    from = to
  }
  return parts
}

const takeAll = (parts: ReadonlyArray<Buffer>) => {
  const copied = new CopyData()
  let data = ""
  for (const [n, part] of parts.entries()) {
    const taken = copied.take(part)
    data += taken.data.toString("latin1")
    if (taken.rest !== null) return { data, rest: Buffer.concat([taken.rest, ...parts.slice(n + 1)]) }
  }
  return { data, rest: null }
}

const rows = Schema.Array(Schema.String.check(Schema.isPattern(/^[ -~]{0,100}$/)))
const sizes = Schema.NonEmptyArray(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 300 })))

it.prop(
  "the data is that of all messages, however they are cut, up to the message that ends the copy",
  { rows: Arbitrary.schema(rows), sizes: Arbitrary.schema(sizes) },
  ({ rows, sizes }) => {
    const end = Buffer.concat([message("c", ""), message("C", "COPY 7\0"), message("Z", "T")])
    const sent = Buffer.concat([
      message("H", "\0\0\0"),
      ...rows.map((row) => message("d", row)),
      message("N", "a notice\0"),
      message("d", "last"),
      end,
    ])
    const { data, rest } = takeAll(cut(sent, sizes))
    assert.strictEqual(data, `${rows.join("")}last`)
    assert.isTrue(rest?.equals(end))
  },
)
