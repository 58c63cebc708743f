import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { LoadErrorCode } from "../../../../src/Domain/load/LoadError.ts"
import {
  beginning,
  begun,
  type Changes,
  download,
  inTurn,
  offset,
  part,
  rest,
  version,
  whole,
} from "../../../support/BrokenDownload.ts"
import * as CsvServer from "../../../support/CsvServer.ts"
import { layer, open } from "../../../support/FetchedSource.ts"

const path = "/a.csv"
const last = whole.length - 1
const size = whole.length

describe("a response that is not the requested rest", () => {
  const answers: Record<string, readonly [CsvServer.Answer, LoadErrorCode]> = {
    "the whole file with the same ETag": [CsvServer.file(whole, version), "source_interrupted"],
    "the whole file without an ETag": [CsvServer.file(whole), "source_interrupted"],
    "another file": [CsvServer.file("x,y\n", { etag: '"v2"' }), "source_changed"],
    "412": [CsvServer.status(412), "source_changed"],
    "416": [CsvServer.status(416, { "content-range": "bytes */3" }), "source_changed"],
    "a rest with another ETag": [rest({ etag: '"v2"' }), "source_changed"],
    "a rest with a weak ETag": [rest({ etag: 'W/"v1"' }), "source_changed"],
    "a rest without an ETag": [rest({ etag: undefined }), "source_interrupted"],
    "a rest that starts too early": [
      rest({ "content-range": `bytes ${offset - 1}-${last}/${size}` }),
      "source_interrupted",
    ],
    "a rest that starts too late": [
      rest({ "content-range": `bytes ${offset + 1}-${last}/${size}` }),
      "source_interrupted",
    ],
    "a rest that ends too early": [
      rest({ "content-range": `bytes ${offset}-${last - 1}/${size}` }),
      "source_interrupted",
    ],
    "a rest of a file of another size": [
      rest({ "content-range": `bytes ${offset}-${last}/${size + 1}` }),
      "source_changed",
    ],
    "a longer rest of a file of unknown size": [
      rest({ "content-range": `bytes ${offset}-${last + 1}/*` }),
      "source_interrupted",
    ],
    "a rest without a Content-Range": [rest({ "content-range": undefined }), "source_interrupted"],
    "a rest in several parts": [
      rest({ "content-type": "multipart/byteranges; boundary=x" }),
      "source_interrupted",
    ],
    "a rest with another Content-Length": [rest({ "content-length": 3 }, "abc"), "source_interrupted"],
    "a rest in another encoding": [rest({ "content-encoding": "gzip" }), "source_interrupted"],
    "204": [CsvServer.status(204), "source_interrupted"],
    "403": [CsvServer.status(403), "source_interrupted"],
    "404": [CsvServer.status(404), "source_interrupted"],
  }
  it.live.each(Object.entries(answers))(
    "ends the download with a retryable error: %s",
    ([, [answer, code]]) =>
      Effect.gen(function* () {
        const server = yield* CsvServer.make()
        yield* server.serve(path, inTurn(beginning(), answer))
        let seen = ""
        const error = yield* Effect.flip(download(server, path, { onText: (text) => (seen = text) }))
        assert.propertyVal(error, "code", code)
        assert.propertyVal(error, "isRetryable", true)
        assert.include(error.message, `after ${offset} of ${size} bytes. The download could not be resumed: `)
        assert.strictEqual(seen, begun)
        assert.strictEqual(server.received(path).length, 2)
      }).pipe(Effect.provide(layer())),
  )

  it.live("is closed at once although it has not ended", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve(
        path,
        inTurn(beginning(), (exchange) => exchange.head(200, { "content-length": 1_000_000, ...version })),
      )
      const source = yield* open(server.url(path))
      const first = yield* server.request(path)
      yield* Effect.flip(Stream.runForEach(source.bytes, () => first.cut))
      // The source's scope is still open.
      yield* server.received(path)[1]!.closed
    }).pipe(Effect.provide(layer())),
  )

  it.live("ends the download if it is longer than the rest", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      const body = whole.slice(offset)
      yield* server.serve(
        path,
        inTurn(beginning(), (exchange) =>
          Effect.all([exchange.head(206, part), exchange.send(`${body}5,6\n`), exchange.end], {
            discard: true,
          }),
        ),
      )
      let seen = ""
      const error = yield* Effect.flip(download(server, path, { onText: (text) => (seen = text) }))
      assert.propertyVal(error, "code", "source_interrupted")
      assert.include(error.message, `more than the ${size} bytes`)
      assert.strictEqual(seen, begun)
    }).pipe(Effect.provide(layer())),
  )
})

describe("a broken download that cannot be resumed", () => {
  const responses: Record<string, Changes> = {
    "no validator": {},
    "a weak ETag": { etag: 'W/"v1"' },
    "a Last-Modified of just now": { "last-modified": new Date().toUTCString() },
    "a weak ETag and an old Last-Modified": {
      etag: 'W/"v1"',
      "last-modified": "Tue, 15 Nov 1994 12:45:26 GMT",
    },
    "Accept-Ranges: none": { ...version, "accept-ranges": "none" },
    "no declared size": { ...version, "content-length": undefined },
  }
  it.live.each(Object.entries(responses))("sends no second request after a response with %s", ([, headers]) =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve(path, inTurn(beginning(headers), rest()))
      const error = yield* Effect.flip(download(server, path))
      assert.propertyVal(error, "code", "source_interrupted")
      assert.include(error.message, "could not be resumed")
      assert.strictEqual(server.received(path).length, 1)
    }).pipe(Effect.provide(layer())),
  )
})
