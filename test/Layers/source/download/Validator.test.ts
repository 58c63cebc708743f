import { assert, describe, it } from "@effect/vitest"
import * as Headers from "effect/http/Headers"
import { strongValidator, versionOf } from "../../../../src/Layers/source/download/RangeRequest.ts"

const date = "Tue, 15 Nov 1994 12:45:26 GMT"
const aMinuteBefore = "Tue, 15 Nov 1994 12:44:26 GMT"

const cases: ReadonlyArray<
  readonly [what: string, headers: Record<string, string>, validator: string | null]
> = [
  ["a strong entity tag", { etag: '"a-1"' }, '"a-1"'],
  ["an empty entity tag", { etag: '""' }, '""'],
  ["an entity tag before a date", { etag: '"a"', "last-modified": aMinuteBefore, date }, '"a"'],
  ["not a weak entity tag", { etag: 'W/"a"' }, null],
  ["not a date with a weak entity tag", { etag: 'W/"a"', "last-modified": aMinuteBefore, date }, null],
  ["not an entity tag without quotes", { etag: "abc" }, null],
  ["not several entity tags", { etag: '"a", "b"' }, null],
  ["a date a minute older than the response", { "last-modified": aMinuteBefore, date }, aMinuteBefore],
  ["not a date less than a minute older", { "last-modified": "Tue, 15 Nov 1994 12:44:27 GMT", date }, null],
  ["not a date after the response", { "last-modified": date, date: aMinuteBefore }, null],
  ["not a date if the response has no Date", { "last-modified": aMinuteBefore }, null],
  ["not an invalid date", { "last-modified": "yesterday", date }, null],
  ["nothing without headers", {}, null],
]

describe("the validator for If-Range", () => {
  it.each(cases)("is %s", (_, headers, validator) => {
    assert.strictEqual(strongValidator(Headers.fromInput(headers))?.value ?? null, validator)
  })
})

describe("the version of a response", () => {
  const tag = { header: "etag", value: '"a"' } as const
  const modified = { header: "last-modified", value: date } as const
  it("is the same only if the validator is the same", () => {
    const version = (headers: Record<string, string>, validator: typeof tag | typeof modified) =>
      versionOf(Headers.fromInput(headers), validator)
    assert.strictEqual(version({ etag: '"a"' }, tag), "same")
    assert.strictEqual(version({ etag: '"b"' }, tag), "other")
    assert.strictEqual(version({ etag: 'W/"a"' }, tag), "other")
    assert.strictEqual(version({ "last-modified": date }, tag), "unknown")
    assert.strictEqual(version({ "last-modified": date }, modified), "same")
    assert.strictEqual(version({ "last-modified": aMinuteBefore }, modified), "other")
    assert.strictEqual(version({}, modified), "unknown")
    assert.strictEqual(version({ etag: '"a"' }, modified), "other")
  })
})
