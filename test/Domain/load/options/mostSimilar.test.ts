import { assert, describe, it } from "@effect/vitest"
import { mostSimilar } from "../../../../src/Domain/load/options/mostSimilar.ts"

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
      assert.strictEqual(mostSimilar(word, ["jobId", "fileUrl"]), "fileUrl", word)
    }
  })

  it("is undefined if no known word is similar", () => {
    for (const word of ["priority", "", "x".repeat(100)]) {
      assert.isUndefined(mostSimilar(word, ["jobId", "fileUrl"]), word)
    }
  })
})
