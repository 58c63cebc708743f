import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readdirSync, readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { foundOut } from "../readingCsv.ts"

const folder = dirname(createRequire(import.meta.url).resolve("csv-spectrum"))
const names = readdirSync(join(folder, "csvs")).map((file) => file.replace(/\.csv$/, ""))

/** One of its expectations has another telephone number than its file. */
const mistaken = "location_coordinates"
const phone = "Contact Phone Number"

describe("csv-spectrum", () => {
  it.effect.each(names)("%s is read as it says", (name) =>
    Effect.gen(function* () {
      const file = readFileSync(join(folder, "csvs", `${name}.csv`))
      const expected: Array<Record<string, string>> = [
        JSON.parse(readFileSync(join(folder, "json", `${name}.json`), "utf8")),
      ].flat()
      const { error, header, rows } = yield* foundOut([file])
      assert.isNull(error)
      // It knows no NULL: an empty field is an empty string.
      const records: Array<Record<string, string>> = rows.map((row) =>
        Object.fromEntries((header ?? []).map((cell, column) => [cell, row[column] ?? ""])),
      )
      if (name === mistaken) for (const record of [...records, ...expected]) delete record[phone]
      assert.deepStrictEqual(records, expected)
    }),
  )
})
