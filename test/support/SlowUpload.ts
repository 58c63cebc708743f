import * as Effect from "effect/Effect"
import { request } from "node:http"
import { jsonObject } from "./ApiHarness.ts"

/** An upload whose bytes the test sends. Its connection closes with the scope. */
export const slowUpload = (
  url: string,
  options: {
    readonly method?: "PUT" | "POST"
    readonly headers?: Readonly<Record<string, string | number>>
  } = {},
) =>
  Effect.gen(function* () {
    const { headers = {}, method = "PUT" } = options
    const sent = yield* Effect.acquireRelease(
      Effect.sync(() => request(url, { method, headers, agent: false })),
      (each) => Effect.sync(() => each.destroy()),
    )
    const answer = new Promise<{
      readonly status: number
      readonly text: string
      readonly location: string | undefined
      readonly retryAfter: string | undefined
    }>((resolve, reject) => {
      sent.on("error", reject)
      sent.on("response", (response) => {
        let text = ""
        response.setEncoding("utf8")
        response.on("data", (chunk: string) => (text += chunk))
        response.on("error", reject)
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            text,
            location: response.headers.location,
            retryAfter: response.headers["retry-after"],
          }),
        )
      })
    })
    // A test that does not wait for the response lets it fail.
    answer.catch(() => undefined)
    let isContinued = false
    sent.on("continue", () => (isContinued = true))
    sent.flushHeaders()
    return {
      send: (text: string | Uint8Array) =>
        Effect.callback<void>((resume) => {
          sent.write(text, () => resume(Effect.void))
        }),
      end: Effect.sync(() => void sent.end()),
      /** Closes the connection before the response. */
      disconnect: Effect.sync(() => void sent.destroy()),
      answer: Effect.map(
        Effect.promise(() => answer),
        (found) => ({ ...found, json: jsonObject(found.text) }),
      ),
      /** Whether the server asked for the body. */
      isContinued: () => isContinued,
    }
  })

/** Sends a whole file at once. */
export const upload = (
  url: string,
  body: string | Uint8Array,
  options: Parameters<typeof slowUpload>[1] = {},
) =>
  Effect.scoped(
    Effect.gen(function* () {
      const sent = yield* slowUpload(url, options)
      yield* sent.send(body)
      yield* sent.end
      return yield* sent.answer
    }),
  )
