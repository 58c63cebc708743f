import type { ServerResponse } from "node:http"
import * as Effect from "effect/Effect"
import * as HttpServer from "../world/HttpServer.ts"

/** Parts of a file. Few, because their cost must not be what limits the loads. */
const parts = 20

const row = `${"x".repeat(50)},1234.5,2020-05-18,true\n`

/** Sends a header at once, and rows for `seconds`. */
const sendSlowly = (response: ServerResponse, { bytes, seconds }: SlowFile) => {
  const part = row.repeat(Math.max(1, Math.round(bytes / parts / row.length)))
  response.writeHead(200, { "content-type": "text/csv" })
  response.write("text,number,day,flag\n")
  let sent = 0
  const timer = setInterval(
    () => {
      response.write(part)
      if (++sent < parts) return
      clearInterval(timer)
      response.end()
    },
    (1000 * seconds) / parts,
  )
  response.once("close", () => clearInterval(timer))
}

interface SlowFile {
  readonly bytes: number
  /** Time that its source takes to send it. */
  readonly seconds: number
}

/** Serves one file slowly to everyone who asks. Returns its URL on a host of its own for each number. */
export const start = Effect.fnUntraced(function* (file: SlowFile) {
  const port = yield* HttpServer.start((_, response) => sendSlowly(response, file), "0.0.0.0")
  return {
    /** Many hosts, so that limits per host do not matter. */
    urlOf: (n: number) => `http://127.1.${Math.floor(n / 250) % 250}.${(n % 250) + 1}:${port}/slow.csv`,
  }
})
