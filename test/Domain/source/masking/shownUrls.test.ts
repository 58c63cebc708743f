import { assert, it } from "@effect/vitest"
import { shownUrls } from "../../../../src/Domain/source/masking/shownUrls.ts"
import { nothingShown } from "../../../../src/Domain/source/masking/UrlMasking.ts"
import { SourceUrl } from "../../../../src/Domain/source/SourceUrl.ts"

it("numbers URLs that differ in secrets only", () => {
  const urls = ["http://h/a.csv", "http://h/b?key=1", "http://h/c.csv", "http://h/b?key=2"]
  assert.deepStrictEqual(
    shownUrls(
      urls.map((url) => SourceUrl.make(url)),
      nothingShown,
    ),
    ["http://h/a.csv", "http://h/b?key=***#2", "http://h/c.csv", "http://h/b?key=***#4"],
  )
})
