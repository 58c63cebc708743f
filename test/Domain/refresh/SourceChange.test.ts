import { assert, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import { SourceId } from "../../../src/Domain/job/SourceId.ts"
import type { RefreshedSource } from "../../../src/Domain/refresh/RefreshedSource.ts"
import { changedOptions, refusedChange, type SourceChange } from "../../../src/Domain/refresh/SourceChange.ts"
import { nothingShown } from "../../../src/Domain/source/masking/UrlMasking.ts"
import { SourceUrl } from "../../../src/Domain/source/SourceUrl.ts"

const source: RefreshedSource = {
  sourceId: SourceId.make("0198f2a1-0b7e-4c35-8d4e-9d0e6f2a7c11"),
  fileUrl: "https://files.example/a.csv",
  target: "default",
  schema: "public",
  table: "trips",
  options: { mode: "replace", quote: null },
  every: null,
  cron: "0 6 * * *",
  timezone: "Europe/Madrid",
  state: "active",
  stopReason: null,
  createdAt: DateTime.makeUnsafe(0),
  nextRunAt: null,
  unchangedRuns: 0,
  failures: 0,
  skippedRuns: 0,
}
const secret = { ...source, fileUrl: "https://***@files.example/a.csv" }
const fileUrl = SourceUrl.make("https://u:p@files.example/a.csv")
const headers = { authorization: "Bearer 1" }

const complaintOf = (of: RefreshedSource, change: SourceChange) =>
  refusedChange(of, change, nothingShown)?.[0] ?? null

it("headers are changed together with a URL that has secrets", () => {
  assert.isNull(complaintOf(source, { headers }))
  assert.isNull(complaintOf(source, { unset: ["headers"] }))
  assert.strictEqual(complaintOf(secret, { headers }), "fileUrl")
  assert.strictEqual(complaintOf(secret, { unset: ["headers"] }), "fileUrl")
  assert.isNull(complaintOf(secret, { fileUrl }))
  const withHeaders = { ...secret, options: { ...secret.options, headers: { authorization: "***" } } }
  assert.strictEqual(complaintOf(withHeaders, { fileUrl }), "headers")
  // Headers that are not known.
  assert.strictEqual(complaintOf({ ...secret, options: { headers: {} } }, { fileUrl }), "headers")
  assert.isNull(complaintOf(secret, { fileUrl, headers }))
  assert.isNull(complaintOf(secret, { fileUrl, unset: ["headers"] }))
  const other = SourceUrl.make("https://u:p@files.example/b.csv")
  assert.strictEqual(complaintOf(secret, { fileUrl: other, headers }), "fileUrl")
})

it("a URL that still has a masked secret is refused", () => {
  const two = { ...source, fileUrl: "https://***@files.example/a.csv?token=***" }
  for (const masked of ["https://***@files.example/a.csv?token=new", two.fileUrl])
    assert.strictEqual(complaintOf(two, { fileUrl: SourceUrl.make(masked) }), "fileUrl")
  assert.isNull(complaintOf(two, { fileUrl: SourceUrl.make("https://u:p@files.example/a.csv?token=new") }))
})

it("headers are changed together with a URL that is too long once its characters are escaped", () => {
  const long = { ...source, fileUrl: `https://files.example/${"%C3%A9".repeat(1400)}` }
  assert.strictEqual(complaintOf(long, { headers }), "fileUrl")
  assert.isNull(complaintOf(long, { timeout: 9 }))
})

it("a schedule takes the place of the one before, and its time zone stays with cron", () => {
  const kept = { mode: "replace", quote: null, tableName: "trips" }
  const scheduled = { ...kept, cron: "0 6 * * *", timezone: "Europe/Madrid" }
  for (const [change, options] of [
    [{}, scheduled],
    [{ every: "1h" }, { ...kept, every: "1h" }],
    [{ cron: "0 7 * * *" }, { ...scheduled, cron: "0 7 * * *" }],
    [{ unset: ["cron"] }, kept],
    [{ unset: ["timezone"] }, { ...kept, cron: "0 6 * * *" }],
    [{ unset: ["quote", "cron"] }, { mode: "replace", tableName: "trips" }],
  ] as const)
    assert.deepStrictEqual(changedOptions(source, change), options)
})
