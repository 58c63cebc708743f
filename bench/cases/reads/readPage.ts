import { Agent, get } from "node:http"
import { attempt } from "../../BenchFailure.ts"

export interface Page {
  readonly millis: number
  /** Path of the next page; `undefined` after the last one. */
  readonly next: string | undefined
}

const agent = new Agent({ keepAlive: true })

/** Requests a page of a list, and measures it up to its last byte. */
export const readPage = (origin: string, path: string) =>
  attempt(`read ${path}`, async () => {
    const begin = performance.now()
    const { promise, reject, resolve } = Promise.withResolvers<Page>()
    get(`${origin}${path}`, { agent }, (response) => {
      response.on("error", reject)
      response.on("end", () =>
        response.statusCode === 200
          ? resolve({
              millis: performance.now() - begin,
              next: /^<([^>]*)>; rel="next"/.exec(String(response.headers["link"] ?? ""))?.[1],
            })
          : reject(new Error(`status ${response.statusCode}`)),
      )
      response.resume()
    }).on("error", reject)
    return await promise
  })
