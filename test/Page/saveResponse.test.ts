import { afterEach, assert, describe, it, vi } from "@effect/vitest"
import { unreachable } from "../../src/Page/client/http/Problem.ts"
import { saveResponse } from "../../src/Page/client/http/saveResponse.ts"

/** Saves these bytes to a place, and returns the result. */
const save = (
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  createWritable: () => Promise<WritableStream>,
) => {
  vi.stubGlobal("document", { baseURI: "http://localhost/" })
  vi.stubGlobal("localStorage", { getItem: () => null })
  vi.stubGlobal("sessionStorage", { getItem: () => null })
  vi.stubGlobal("showSaveFilePicker", async () => ({ createWritable }))
  vi.stubGlobal("fetch", async () => new Response(body))
  return saveResponse("tables/a/export", "a.csv", new AbortController().signal)
}

const three = () =>
  new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (controller) => {
      for (const text of ["1\n", "2\n", "3\n"]) controller.enqueue(new TextEncoder().encode(text))
      controller.close()
    },
  })

const denied = () => Promise.reject(new DOMException("Not allowed.", "NotAllowedError"))

afterEach(() => void vi.unstubAllGlobals())

describe("saveResponse", () => {
  it("writes the response to the file", async () => {
    let written = ""
    const file = new WritableStream<Uint8Array>({
      write: (bytes) => {
        written += new TextDecoder().decode(bytes)
      },
    })
    assert.deepStrictEqual(await save(three(), async () => file), { _tag: "Success", value: null })
    assert.strictEqual(written, "1\n2\n3\n")
  })

  it("says that the file cannot be written, if that is what failed", async () => {
    const full = new WritableStream({
      write: () => Promise.reject(new DOMException("The disk is full.", "QuotaExceededError")),
    })
    for (const [place, reason] of [
      [async () => full, "The disk is full."],
      [denied, "Not allowed."],
    ] as const) {
      const answer = await save(three(), place)
      const problem = answer?._tag === "Failure" ? answer.problem : null
      assert.strictEqual(problem?.code, "file_not_written")
      assert.include(problem?.detail, reason)
    }
  })

  it("says that the service does not respond, if the response breaks off", async () => {
    const broken = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => controller.error(new TypeError("network error")),
    })
    assert.deepStrictEqual(await save(broken, async () => new WritableStream()), {
      _tag: "Failure",
      problem: unreachable,
    })
  })
})
