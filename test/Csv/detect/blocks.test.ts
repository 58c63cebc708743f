import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { foundOut, utf8 } from "../readingCsv.ts"

const headerOf = (text: string) =>
  Effect.map(foundOut([utf8(text)]), ({ header, skippedLines }) => ({ header, skippedLines }))

describe("a block of lines above a blank line, as wide as the table", () => {
  it.effect("is not the table if names follow that differ from what is below", () =>
    Effect.gen(function* () {
      for (const [facts, lines] of [
        ["Model,TDS2024\nFirmware,1.0\n", 3],
        ["Company,ACME\n", 2],
        ["Client,J. Doe\nDate,2024-01-01\nPages,12\nUnit,mm\n", 5],
      ] as const)
        for (const table of ["item,color\nBolt,Red\nNut,Blue\n", "time,v\n-0.5,0.1\n-0.4,0.2\n-0.3,0.2\n"])
          assert.deepStrictEqual(yield* headerOf(`${facts}\n${table}`), {
            header: table.slice(0, table.indexOf("\n")).split(","),
            skippedLines: lines,
          })
    }),
  )

  it.effect("is the table if the lines below are more of its records", () =>
    Effect.gen(function* () {
      for (const blank of ["", "   "])
        for (const records of [
          ["Bolt,Red", "Nut,Blue", blank, "Screw,Gray", "Washer,Red"],
          [blank, "Bolt,Red", "Nut,Blue", "Screw,Gray"],
          ["Bolt,Red", blank, "Nut,Blue", blank, "Screw,Gray"],
          ["1,2", blank, "3,4", "5,6"],
        ])
          assert.deepStrictEqual(yield* headerOf(`item,color\n${records.join("\n")}\n`), {
            header: ["item", "color"],
            skippedLines: 0,
          })
    }),
  )
})

describe("records above a narrower line", () => {
  it.effect("are the table, however few they are", () =>
    Effect.gen(function* () {
      for (const notes of ["Source,the office\nNote: preliminary, see page 7\n", "By,J. Doe\nOn,Monday\n"])
        for (const table of [
          'sku,Product name,price\nA1000,"Lamp, small",133.70\n',
          "id,City of birth,e-mail\n7,Rio de Janeiro,ana@example.org\n",
        ]) {
          const { header } = yield* headerOf(`${table}\n${notes}`)
          assert.deepStrictEqual(header, table.slice(0, table.indexOf("\n")).split(","))
        }
    }),
  )
})
