import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { foundOut, utf8 } from "../readingCsv.ts"

const readingOf = (text: string) =>
  Effect.map(foundOut([utf8(text)]), ({ dialect, header, rows }) => ({
    quote: dialect?.quote,
    table: [header, ...rows],
  }))

describe("apostrophes around cells", () => {
  it.effect("are text if few cells have them and none needs quotes", () =>
    Effect.gen(function* () {
      for (const rows of [
        ["name,n", "'quoted',1", "x,2", "y,3"],
        ["name,n", "'t Harde,1", "'quoted',2", "y,3", "it's,5"],
        ["word", "'quoted'", "x", "it's", "y"],
        ["id,name", "1,rock 'n' roll", "2,'quoted'", "3,it's", "4,x"],
      ])
        assert.deepStrictEqual(yield* readingOf(rows.join("\n")), {
          quote: '"',
          table: rows.map((row) => row.split(",")),
        })
    }),
  )

  it.effect("are quotes if a cell needs them, or the header or most cells have them", () =>
    Effect.gen(function* () {
      for (const text of [
        "name,n\n'a, b',1\nx,2\ny,3\n",
        "name,n\n'it''s',1\nx,2\ny,3\n",
        "id,note\n1,it's\n2,'a\nb'\n3,x\n4,y\n",
        "'name','n'\nx,2\ny,3\nz,5\na,6\nb,7\nc,8\n",
        "name,n\n'a',1\nNULL,2\n'c',3\n'd',4\n",
      ]) {
        const { quote, table } = yield* readingOf(text)
        assert.strictEqual(quote, "'", text)
        assert.isFalse(
          table.flat().some((cell) => cell?.startsWith("'")),
          text,
        )
      }
    }),
  )
})
