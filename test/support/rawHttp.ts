import { request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from "node:http"
import * as Effect from "effect/Effect"

/** A response without redirects, decoding or retries. */
export interface RawAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** GET on its own connection. */
export const get = (url: string, headers: OutgoingHttpHeaders = {}): Effect.Effect<RawAnswer> =>
  Effect.promise(
    () =>
      new Promise<RawAnswer>((resolve, reject) => {
        request(url, { headers, agent: false }, (response) => {
          let body = ""
          response.setEncoding("utf8")
          response.on("data", (text: string) => (body += text))
          response.once("error", reject)
          response.once("end", () =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
          )
        })
          .once("error", reject)
          .end()
      }),
  )
