import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { SourceUrl } from "../../../src/Domain/source/SourceUrl.ts"

const isUrl = Schema.is(SourceUrl)
const reasonOf = (text: string): string => String(Schema.decodeExit(SourceUrl)(text))

describe("a source's URL", () => {
  it("is absolute, http or https", () => {
    for (const url of [
      "http://localhost:8000/a.csv",
      "https://u:p@example.org/a?x=1#y",
      "HTTPS://EXAMPLE.ORG",
    ])
      assert.isTrue(isUrl(url), url)
  })

  it("is refused if it has another scheme or is relative, empty or too long", () => {
    const refused = [
      "ftp://example.org/a.csv",
      "file:///etc/passwd",
      "data:text/csv,a",
      "javascript:alert(1)",
      "gopher://example.org",
      "/a.csv",
      "example.org/a.csv",
      "//example.org/a.csv",
      "http://",
      "http://exa mple.org/",
      "",
      "  ",
      `https://example.org/${"a".repeat(8192)}`,
    ]
    for (const url of refused) assert.isFalse(isUrl(url), url.slice(0, 40))
  })

  it("is refused with a reason", () => {
    assert.include(reasonOf("ftp://example.org/a.csv"), 'scheme "ftp"')
    assert.include(reasonOf("a.csv"), "not an absolute URL")
    assert.include(reasonOf(""), "is empty")
  })

  const mistakes: Record<string, ReadonlyArray<string>> = {
    "did you forget http:// or https://": [
      "localhost:8000/x.csv",
      "localhost/x.csv",
      "example.org/x.csv",
      "data.example.org:8080/x.csv",
      "//example.org/x.csv",
      "192.168.1.5:8000/x.csv",
      "[::1]:8000/x.csv",
      "joe:s3cret@example.org/x.csv",
    ],
    "path of a file": [
      String.raw`C:\data\x.csv`,
      "d:/data/x.csv",
      String.raw`\\server\share\x.csv`,
      "/home/joe/x.csv",
      "~/x.csv",
      "../x.csv",
      "data/x.csv",
      "my file.csv",
      "x.csv.gz",
    ],
    "Serve its folder over HTTP": ["file:///home/joe/x.csv", "/home/joe/x.csv"],
    presigned: ["s3://bucket/x.csv", "s3a://bucket/x.csv", "gs://bucket/x.csv", "r2://bucket/x.csv"],
    "SAS token": ["az://container/x.csv", "abfss://container@account.dfs.core.windows.net/x.csv"],
    "Serve the file over HTTP": [
      "ftp://example.org/x.csv",
      "sftp://joe@example.org/x.csv",
      "smb://server/x.csv",
    ],
    "Did you mean http or https?": [
      "htp://example.org/x.csv",
      "hhttps://example.org/x.csv",
      "ttps://example.org/x.csv",
    ],
    "with a colon and two slashes": ["http//example.org/x.csv", "https//example.org/x.csv"],
    "without the quotation mark": ['"http://example.org/x.csv"', "<http://example.org/x.csv>"],
    "such as https://example.org/file.csv": ["http://", "nonsense"],
  }
  for (const [advice, texts] of Object.entries(mistakes))
    it(`is refused with the advice "${advice}"`, () => {
      for (const text of texts) {
        assert.include(reasonOf(text), advice, text)
        assert.notInclude(reasonOf(text), "s3cret")
      }
    })
})
