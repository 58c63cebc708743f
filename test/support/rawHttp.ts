import { request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from "node:http"
import * as Effect from "effect/Effect"

/** A response without redirects, decoding or retries. */
export interface RawAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** Size of the body as it was sent. */
  readonly bytes: number
}

/** GET on its own connection. */
export const get = (url: string, headers: OutgoingHttpHeaders = {}): Effect.Effect<RawAnswer> =>
  Effect.promise(
    () =>
      new Promise<RawAnswer>((resolve, reject) => {
        request(url, { headers, agent: false }, (response) => {
          const chunks: Array<Buffer> = []
          response.on("data", (chunk: Buffer) => chunks.push(chunk))
          response.once("error", reject)
          response.once("end", () => {
            const body = Buffer.concat(chunks)
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: body.toString(),
              bytes: body.length,
            })
          })
        })
          .once("error", reject)
          .end()
      }),
  )
