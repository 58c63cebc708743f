import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { FileUrls } from "../../../src/Domain/source/FileUrls.ts"

const isAccepted = Schema.is(FileUrls)

describe("the URLs of several files", () => {
  it("are refused if two request the same file", () => {
    const url = "http://example.org/a.csv"
    for (const other of [url, `${url}#x`, "HTTP://EXAMPLE.org:80/a.csv", "http://example.org/b/../a.csv"])
      assert.include(
        String(Schema.decodeExit(FileUrls)(["http://example.org/b.csv", url, other])),
        "file 3 is the same as file 2: give each file once",
        other,
      )
  })

  it("can differ in the query, in the password, or in the sheet of a share link", () => {
    const pairs = [
      ["http://example.org/a.csv?x=1", "http://example.org/a.csv?x=2"],
      ["http://u:p@example.org/a.csv", "http://u:q@example.org/a.csv"],
      ["http://example.org/a.csv", "http://example.org/A.csv"],
      [
        "https://docs.google.com/spreadsheets/d/1AbCdEfGhIjKlMnOpQrSt/edit#gid=0",
        "https://docs.google.com/spreadsheets/d/1AbCdEfGhIjKlMnOpQrSt/edit#gid=1",
      ],
    ]
    for (const pair of pairs) assert.isTrue(isAccepted(pair), pair.join(" "))
  })
})
