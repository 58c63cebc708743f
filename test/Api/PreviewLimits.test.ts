import { assert, layer } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import { CsvSource, type OpenedSource } from "../../src/Domain/source/CsvSource.ts"
import type { LoadError } from "../../src/Domain/load/LoadError.ts"
import { assertProblem, form, json, serveInMemory } from "../support/ApiHarness.ts"
import * as JobsMemory from "../support/JobsMemory.ts"
import { assertRefused, type RefusedRequest } from "../support/assertRefused.ts"
import { maxConcurrent } from "../../src/Api/handlers/PreviewHandlers.ts"
import { unversioned } from "../support/unversioned.ts"

const fileUrl = "http://files.example/a.csv"

const opened = (bytes: Stream.Stream<Uint8Array, LoadError>): OpenedSource => ({
  bytesTotal: null,
  contentType: "text/csv",
  bytes,
  bytesReceived: () => 0,
  resumes: () => 0,
  fileName: null,
  compression: () => null,
})

const textOf = (text: string) => Stream.make(new TextEncoder().encode(text))

const refused: ReadonlyArray<RefusedRequest> = [
  {
    what: "no URL",
    path: "/preview",
    request: form(""),
    issues: [["body", "fileUrl", "fileUrl is missing"]],
  },
  {
    what: "a wrong option",
    path: "/preview",
    request: json({ fileUrl, header: "maybe" }),
    issues: [["body", "header", "true, false or auto"]],
  },
  {
    what: "a field in the query",
    path: "/preview?limit=3",
    request: json({ fileUrl }),
    issues: [["query", "limit", "send the fields in the body"]],
  },
]

layer(JobsMemory.layer)("previews", (it) => {
  for (const request of refused)
    it.effect(`are refused with ${request.what}, like a load`, () => assertRefused(request))

  it.effect("require an API key if keys are configured", () =>
    Effect.gen(function* () {
      const call = yield* serveInMemory({ apiKeys: ["k"] })
      assertProblem(yield* call("/preview", json({ fileUrl })), 401, "unauthorized")
    }),
  )

  it.effect.each([
    ["", 15],
    ["&timeout=5", 15],
    ["&timeout=40", 40],
    ["&timeout=3600", 60],
  ] as const)("with %j end after %i seconds if the source does not respond", ([option, seconds]) =>
    Effect.gen(function* () {
      const asked = yield* Deferred.make<void>()
      const source = Layer.succeed(
        CsvSource,
        CsvSource.of({
          open: () => Effect.andThen(Deferred.succeed(asked, undefined), Effect.never),
          openIfChanged: unversioned,
        }),
      )
      const call = yield* serveInMemory({ source })
      const asking = yield* Effect.forkChild(call("/preview", form(`fileUrl=${fileUrl}${option}`)))
      yield* Deferred.await(asked)
      yield* TestClock.adjust(Duration.seconds(seconds - 1))
      assert.isUndefined(asking.pollUnsafe())
      yield* TestClock.adjust(Duration.seconds(1))
      const answer = yield* Fiber.join(asking)
      assertProblem(answer, 422, "file_not_loadable")
      assert.deepInclude(Object(answer.json["loadError"]), { code: "source_timeout" })
    }),
  )

  it.effect("show the records received so far from a slow source", () =>
    Effect.gen(function* () {
      const waiting = yield* Deferred.make<void>()
      const silence = Stream.fromEffect(Effect.andThen(Deferred.succeed(waiting, undefined), Effect.never))
      const source = Layer.succeed(
        CsvSource,
        CsvSource.of({
          open: () => Effect.succeed(opened(Stream.concat(textOf("a,b\n1,2\n3,4\n"), silence))),
          openIfChanged: unversioned,
        }),
      )
      const call = yield* serveInMemory({ source })
      const asking = yield* Effect.forkChild(call("/preview", form(`fileUrl=${fileUrl}`)))
      yield* Deferred.await(waiting)
      yield* TestClock.adjust(Duration.seconds(10))
      const answer = yield* Fiber.join(asking)
      assert.strictEqual(answer.status, 200, answer.text)
      assert.deepStrictEqual(answer.json["records"], [
        ["1", "2"],
        ["3", "4"],
      ])
      assert.include(JSON.stringify(answer.json["warnings"]), "Only the first 12 bytes")
    }),
  )

  it.effect("run up to a limit; one more is refused until one of them ends", () =>
    Effect.gen(function* () {
      const requests = yield* Queue.unbounded<Deferred.Deferred<void>>()
      const source = Layer.succeed(
        CsvSource,
        CsvSource.of({
          open: () =>
            Effect.gen(function* () {
              const goOn = yield* Deferred.make<void>()
              yield* Queue.offer(requests, goOn)
              yield* Deferred.await(goOn)
              return opened(textOf("a\n1\n"))
            }),
          openIfChanged: unversioned,
        }),
      )
      const call = yield* serveInMemory({ source })
      const preview = call("/preview", form(`fileUrl=${fileUrl}`))
      const asking = yield* Effect.forkChild(
        Effect.all(
          Array.from({ length: maxConcurrent }, () => preview),
          { concurrency: "unbounded" },
        ),
      )
      const running = yield* Effect.all(Array.from({ length: maxConcurrent }, () => Queue.take(requests)))
      const refused = yield* preview
      assertProblem(refused, 429, "too_many_previews")
      assert.match(refused.headers.get("retry-after") ?? "", /^[1-9]\d*$/)
      yield* Effect.forEach(running, (goOn) => Deferred.succeed(goOn, undefined))
      for (const { status } of yield* Fiber.join(asking)) assert.strictEqual(status, 200)
      const again = yield* Effect.forkChild(preview)
      yield* Deferred.succeed(yield* Queue.take(requests), undefined)
      assert.strictEqual((yield* Fiber.join(again)).status, 200)
    }),
  )
})
