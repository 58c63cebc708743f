import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { connect } from "node:net"
import { exchange, parseAnswer, serveOnPort } from "../support/ApiServer.ts"
import * as JobsMemory from "../support/JobsMemory.ts"
import { memoryInUse } from "../support/memoryInUse.ts"

/** A linear congruential generator: the same requests in every run. */
const generator = (seed: number) => {
  let state = seed
  const next = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  const one = <A>(of: ReadonlyArray<A>): A => of[next(of.length)]!
  const times = (upTo: number, make: () => string): string =>
    Array.from({ length: next(upTo + 1) }, make).join("")
  return { next, one, times }
}

const methods = [
  "GET",
  "POST",
  "HEAD",
  "PUT",
  "DELETE",
  "OPTIONS",
  "PATCH",
  "TRACE",
  "BREW",
  "get",
  "",
  "G\0T",
  "QUERY",
]
const paths = [
  "/",
  "/docs",
  "/job_status",
  "/job_cancel",
  "/job_rejects",
  "/download_file",
  "/preview",
  "/metrics",
  "/health/live",
  "/problems/x",
  "*",
  "//",
  "/%00",
  "/..%2f..%2fetc/passwd",
  "http://localhost/docs",
  "http://[::1",
]
const versions = [
  "HTTP/1.1",
  "HTTP/1.0",
  "HTTP/0.9",
  "HTTP/2.0",
  "HTTP/1.2",
  "HTTP/9.9",
  "http/1.1",
  "HTP/1.1",
  "",
]
const names = [
  "Content-Length",
  "Transfer-Encoding",
  "Content-Type",
  "Content-Encoding",
  "Expect",
  "Upgrade",
  "Connection",
  "Range",
  "If-None-Match",
  "Accept",
  "Accept-Encoding",
  "Authorization",
  "X-API-Key",
  "Idempotency-Key",
  "traceparent",
  "Origin",
  "Sec-Fetch-Site",
  "Host",
  " Folded",
  "No Name",
  "",
]
const values = [
  "0",
  "-1",
  "5",
  "5, 6",
  "65537",
  "99999999999999999999",
  "0x10",
  "chunked",
  "gzip, chunked",
  "chunked, chunked",
  "application/json",
  "application/x-www-form-urlencoded",
  "multipart/form-data",
  "text/plain; charset=\0",
  "100-continue",
  "websocket",
  "h2c",
  "close",
  "bytes=0-,-1",
  "*/*;q=x",
  "Bearer ",
  "null",
  '"\\',
  "\x01\x7f",
  "\xff\xfe",
  "",
  "localhost",
]
const bodies = [
  "",
  "{",
  "[]",
  "null",
  '{"fileUrl":1}',
  '{"fileUrl":"http://127.0.0.1/"}',
  "fileUrl=",
  "fileUrl=%",
  "&&&===",
  "5\r\nhello\r\n0\r\n\r\n",
  "ffffffffffffffff\r\n",
  '5;x="\r\nhello\r\n',
  "0\r\nTrailer: x\r\n\r\n",
  "\0\0\0\0",
  "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
]

const malformed = ({ next, one, times }: ReturnType<typeof generator>): string => {
  const end = next(20) === 0 ? one(["\n", "\r", "\r\r\n", ""]) : "\r\n"
  const query = times(3, () =>
    one(["?", "&", "jobId=", "%", "%ff", "=", "#", "a", "limit=-1", "[", "{", "+"]),
  )
  const host = next(10) === 0 ? "" : `Host: localhost${end}`
  const header = () => `${one(names)}${next(20) === 0 ? " " : ""}: ${one(values)}${end}`
  const long = next(100) === 0 ? `X-Long: ${"y".repeat(next(20_000))}${end}` : ""
  const body = times(2, () => one(bodies))
  const length = next(2) === 0 ? `Content-Length: ${body.length}${end}` : ""
  const text = `${one(methods)} ${one(paths)}${query} ${one(versions)}${end}${host}${times(4, header)}${long}${length}${end}${body}`
  // Some are cut off, and some have a byte that nobody expects.
  const at = next(text.length + 1)
  return next(10) === 0
    ? text.slice(0, at)
    : next(10) === 0
      ? text.slice(0, at) + "\0" + text.slice(at + 1)
      : text
}

/** Sends bytes, ends the sending side, and reads until the server closes. */
const send = (origin: string, bytes: string) =>
  Effect.callback<string>((resume) => {
    const received: Array<Buffer> = []
    const socket = connect({ host: "127.0.0.1", port: Number(new URL(origin).port), allowHalfOpen: false })
    socket.on("data", (chunk) => received.push(chunk))
    // A refused request may be reset before all of it was sent.
    socket.on("error", () => {})
    socket.on("close", () => resume(Effect.succeed(Buffer.concat(received).toString("latin1"))))
    socket.end(Buffer.from(bytes, "latin1"))
    return Effect.sync(() => socket.destroy())
  })

const statusesOf = (wire: string): ReadonlyArray<number> =>
  [...wire.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status))

const requests = 10_000

describe("malformed requests", () => {
  it.live(
    `${requests} of them cause no 5xx, no hang, and no memory that stays in use`,
    () =>
      Effect.gen(function* () {
        const origin = yield* serveOnPort(JobsMemory.layer)
        const random = generator(12)
        const flood = (count: number) =>
          Effect.forEach(
            Array.from({ length: count }, () => malformed(random)),
            (bytes) =>
              Effect.map(
                Effect.timeoutOrElse(send(origin, bytes), {
                  duration: Duration.seconds(20),
                  orElse: () => Effect.die(new Error(`no end after ${JSON.stringify(bytes)}`)),
                }),
                (wire) => {
                  for (const status of statusesOf(wire)) assert.isBelow(status, 500, JSON.stringify(bytes))
                },
              ),
            { concurrency: 64, discard: true },
          )
        // Code and caches are loaded by the first ones.
        yield* flood(requests / 10)
        const before = memoryInUse()
        yield* flood(requests - requests / 10)
        const live = "GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        assert.strictEqual(parseAnswer(yield* exchange(origin, live)).status, 200)
        assert.isBelow(memoryInUse() / before, 1.2)
      }),
    120_000,
  )
})
