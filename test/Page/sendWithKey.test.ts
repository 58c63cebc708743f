import { assert, describe, it } from "@effect/vitest"
import { type Answer, problemOf, unreachable } from "../../src/Page/client/http/Problem.ts"
import { sendWithKey } from "../../src/Page/client/http/sendWithKey.ts"

const success: Answer<null> = { _tag: "Success", value: null }
const lost: Answer<null> = { _tag: "Failure", problem: unreachable }

/** Sends the request once for each answer, and returns how many keys it had. */
const keysOf = async (content: string, answers: ReadonlyArray<Answer<null>>): Promise<number> => {
  const keys = new Set<string>()
  for (const answer of answers)
    await sendWithKey(content, (key) => {
      keys.add(key)
      return Promise.resolve(answer)
    })
  return keys.size
}

describe("sendWithKey", () => {
  it("keeps the key while the outcome is unknown", async () =>
    assert.strictEqual(await keysOf("lost", [lost, lost, success]), 1))

  it("takes another key once the request has succeeded, or was refused", async () => {
    const refused: Answer<null> = {
      _tag: "Failure",
      problem: problemOf(409, "Conflict", { code: "table_name_taken", detail: "" }),
    }
    assert.strictEqual(await keysOf("again", [success, success]), 2)
    assert.strictEqual(await keysOf("refused", [refused, success]), 2)
  })

  it("gives different requests different keys", async () => {
    const keys: Array<string> = []
    for (const content of ["one", "other"])
      await sendWithKey(content, (key) => {
        keys.push(key)
        return Promise.resolve(lost)
      })
    assert.strictEqual(new Set(keys).size, 2)
  })
})
