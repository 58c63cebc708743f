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
import { make, maxConcurrent, maxOfHost } from "../../src/Api/preview/PreviewRoom.ts"
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

  it.effect(
    "of one host that wait for it take no place of others, and are refused beyond the share of a host",
    () =>
      Effect.gen(function* () {
        const room = make()
        const waiting = Array.from({ length: 3 * maxOfHost }, (_, n) =>
          Effect.forkChild(room.admit(`http://slow${n % 3}.example/a.csv`, Effect.never), {
            startImmediately: true,
          }),
        )
        yield* Effect.all(waiting)
        const refused = yield* Effect.flip(room.admit("http://slow1.example/b.csv", Effect.void))
        assert.strictEqual(refused.host, "slow1.example")
        yield* room.admit(fileUrl, room.read(Effect.void))
        yield* room.admit("upload:a.csv", room.read(Effect.void))
      }),
  )

  it.effect(
    "run up to a limit, and those of one host up to its half; one more is refused until one of them ends",
    () =>
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
        const ofOther = call("/preview", form("fileUrl=http://other.example/a.csv"))
        const assertLimited = (refused: Effect.Success<typeof preview>) => {
          assertProblem(refused, 429, "too_many_previews")
          assert.match(refused.headers.get("retry-after") ?? "", /^[1-9]\d*$/)
        }
        const start = Effect.fnUntraced(function* (count: number, one: typeof preview) {
          const asking = yield* Effect.forkChild(
            Effect.all(
              Array.from({ length: count }, () => one),
              { concurrency: "unbounded" },
            ),
          )
          return {
            asking,
            running: yield* Effect.all(Array.from({ length: count }, () => Queue.take(requests))),
          }
        })
        const ofHost = yield* start(maxOfHost, preview)
        const refused = yield* preview
        assertLimited(refused)
        assert.include(refused.text, "8 previews of files from files.example")
        const ofOthers = yield* start(maxConcurrent - maxOfHost, ofOther)
        assertLimited(yield* call("/preview", form("fileUrl=http://third.example/a.csv")))
        const running = [...ofHost.running, ...ofOthers.running]
        yield* Effect.forEach(running, (goOn) => Deferred.succeed(goOn, undefined))
        for (const { asking } of [ofHost, ofOthers])
          for (const { status } of yield* Fiber.join(asking)) assert.strictEqual(status, 200)
        const again = yield* Effect.forkChild(preview)
        yield* Deferred.succeed(yield* Queue.take(requests), undefined)
        assert.strictEqual((yield* Fiber.join(again)).status, 200)
      }),
  )
})
