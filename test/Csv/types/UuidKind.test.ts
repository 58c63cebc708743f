import { assert, describe, it } from "@effect/vitest"
import { columnsNot } from "./inferring.ts"

const uuid = "0198a3e0-1b2c-7d3e-8f40-123456789abc"

describe("the type of a column", () => {
  it("is uuid for the usual form, in small letters or in capitals", () => {
    const capital = uuid.toUpperCase()
    assert.isEmpty(
      columnsNot(
        "uuid",
        [uuid],
        [capital],
        [uuid, "00000000-0000-0000-0000-000000000000"],
        [capital, "0".repeat(8) + uuid.slice(8, 24).toUpperCase() + "0".repeat(12)],
      ),
    )
    assert.isEmpty(
      columnsNot(
        "text",
        [uuid, capital],
        [`{${uuid}}`],
        [uuid.replaceAll("-", "")],
        [`${uuid.slice(1)}g`],
        [uuid.slice(1)],
      ),
    )
    assert.isEmpty(
      columnsNot("text", [uuid.replace("-", "0")], [`${uuid.slice(0, 35)}-`], [`urn:uuid:${uuid}`]),
    )
  })
})
