import { request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from "node:http"
import * as Effect from "effect/Effect"

/** An answer as it came, with nothing followed, decoded or retried. */
export interface RawAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** GET over a connection of its own. */
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
