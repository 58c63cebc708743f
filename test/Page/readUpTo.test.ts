import { assert, describe, it } from "@effect/vitest"
import { readUpTo } from "../../src/Page/client/http/readUpTo.ts"

/** A response of parts of 10 bytes, and how many of them were taken and whether the reader left. */
const responseOf = (parts: number) => {
  const seen = { parts: 0, isCancelled: false }
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      pull: (controller) => {
        if (seen.parts === parts) return controller.close()
        seen.parts++
        controller.enqueue(new TextEncoder().encode("0123456789"))
      },
      cancel: () => {
        seen.isCancelled = true
      },
    },
    { highWaterMark: 0 },
  )
  return { response: new Response(body, { headers: { "content-type": "text/csv" } }), seen }
}

describe("readUpTo", () => {
  it("reads a body up to the limit", async () => {
    const { response } = responseOf(3)
    const blob = await readUpTo(30, response)
    assert.strictEqual(await blob?.text(), "0123456789".repeat(3))
    assert.strictEqual(blob?.type, "text/csv")
    assert.strictEqual((await readUpTo(30, new Response(null)))?.size, 0)
  })

  it("leaves a body that is larger, and does not receive the rest", async () => {
    const { response, seen } = responseOf(1000)
    assert.isNull(await readUpTo(29, response))
    assert.deepStrictEqual(seen, { parts: 3, isCancelled: true })
  })
})
