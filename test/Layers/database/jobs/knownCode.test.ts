import { assert, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { JobRow } from "../../../../src/Layers/database/jobs/record/JobRow.ts"
import { keptTables } from "../../../../src/Layers/database/jobs/KeptTable.ts"

const decode = Schema.decodeUnknownSync(
  Schema.Struct({ error: JobRow.fields.error, findings: JobRow.fields.findings }),
)

const place = { record: 1, line: 2, column: null, byteOffset: 3 }

it("rejects with a reason of a later version are shown with their message", () => {
  const row = { ...place, message: "not unique", raw: "x", rawBytes: 1, fileUrl: null, fits: true }
  const { items } = keptTables.rejects.itemsOf(
    [
      { ...row, reason: "duplicate_key" },
      { ...row, reason: "nul_byte" },
    ],
    10,
  )
  assert.deepStrictEqual(
    items.map(({ message, reason }) => [reason, message]),
    [
      ["other", "not unique"],
      ["nul_byte", "not unique"],
    ],
  )
})

it("errors, warnings and counts of a later version are shown", () => {
  const { error, findings } = decode({
    error: { code: "merge_failed", message: "a sentence", ...place },
    findings: {
      dialect: {
        delimiter: ",",
        quote: null,
        escape: '"',
        comment: null,
        lineEnding: "lf",
        skipsBlanks: false,
        hasHeader: true,
        skippedLines: 0,
        aLaterField: 1,
      },
      encoding: "utf-8",
      repairs: { short_record: 1, a_later_repair: 1 },
      rejects: { nul_byte: 1, duplicate_key: 2 },
      warnings: [
        { code: "a_later_warning", message: "another", line: null },
        { code: "footer", message: "a footer", line: 1 },
      ],
    },
  })
  assert.deepInclude(error, { code: "other", message: "a sentence" })
  assert.deepStrictEqual(
    findings?.warnings?.map(({ code }) => code),
    ["other", "footer"],
  )
  assert.deepStrictEqual(findings?.rejects, { nul_byte: 1 })
})

it("a count below 0, as an earlier version could store, is shown as 0", () => {
  const stored = { inserted: 1000, updated: -990, unchanged: 0, deleted: 0, duplicates: 0 }
  assert.deepStrictEqual(Schema.decodeSync(JobRow.fields.row_changes)(stored), {
    ...stored,
    updated: 0,
    suppressed: 0,
  })
})
