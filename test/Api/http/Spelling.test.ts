import { assert, describe, it } from "@effect/vitest"
import { nearest } from "../../../src/Api/http/Spelling.ts"

describe("the most similar known word", () => {
  it("is found despite a typo, letter case and punctuation", () => {
    for (const word of [
      "fileUrll",
      "fileurl",
      "file_url",
      "file-URL",
      "fielUrl",
      "url_file".slice(4) + "Url",
    ]) {
      assert.strictEqual(nearest(word, ["jobId", "fileUrl"]), "fileUrl", word)
    }
  })

  it("is undefined if no known word is similar", () => {
    for (const word of ["priority", "", "x".repeat(100)]) {
      assert.isUndefined(nearest(word, ["jobId", "fileUrl"]), word)
    }
  })
})
