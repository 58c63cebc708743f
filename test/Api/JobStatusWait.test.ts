import { assert, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { JobChanges } from "../../src/Domain/job/changes/JobChanges.ts"
import * as JobFollowers from "../../src/Domain/job/changes/JobFollowers.ts"
import { Jobs } from "../../src/Domain/job/Jobs.ts"
import { assertProblem } from "../support/ApiHarness.ts"
import { ask, serveOnPort } from "../support/ApiServer.ts"
import * as JobsMemory from "../support/JobsMemory.ts"

/** An API whose requests that follow jobs, and lookups of jobs, are counted. Nobody announces changes but the test. */
const serve = Effect.gen(function* () {
  const followers = JobFollowers.make()
  const counts = { found: 0, following: 0 }
  const full = Latch.makeUnsafe(false)
  const empty = Latch.makeUnsafe(false)
  let wanted = 1
  const changed = (by: number) => {
    counts.following += by
    if (counts.following >= wanted) full.openUnsafe()
    if (counts.following === 0) empty.openUnsafe()
  }
  const changes = Layer.succeed(JobChanges, {
    announce: () => Effect.void,
    all: Stream.never,
    follow: (jobId) =>
      Effect.acquireRelease(
        Effect.sync(() => changed(1)),
        () => Effect.sync(() => changed(-1)),
      ).pipe(Effect.andThen(followers.follow(jobId))),
  })
  const counted = Layer.effect(
    Jobs,
    Effect.map(Jobs, (jobs) => ({
      ...jobs,
      find: (jobId) =>
        Effect.tap(jobs.find(jobId), () =>
          Effect.sync(() => {
            counts.found++
          }),
        ),
    })),
  ).pipe(Layer.provide(JobsMemory.layer))
  const scope = yield* Effect.acquireRelease(Scope.make(), (scope, exit) => Scope.close(scope, exit))
  const origin = yield* serveOnPort(counted, { settings: Layer.merge(Logger.layer([]), changes) }).pipe(
    Scope.provide(scope),
  )
  const body = { contentType: "application/json", text: '{"fileUrl":"http://files.example/a.csv"}' }
  const { json } = yield* ask(origin, "/download_file", body)
  const path = `/job_status?jobId=${String(json["jobId"])}`
  const cancel = ask(origin, `/job_cancel?jobId=${String(json["jobId"])}`)
  return {
    counts,
    wakeAll: Effect.sync(followers.wakeAll),
    status: (wait: number | string) => ask(origin, `${path}&wait=${wait}`),
    cancel,
    stop: Scope.close(scope, Exit.void),
    /** Waits until this many requests follow the job and have found it. */
    followed: (number: number) =>
      Effect.suspend(() => {
        wanted = number
        changed(0)
        return full.await
      }),
    left: empty.await,
  }
})

it.live("500 requests wait for a change without a lookup of their own", () =>
  Effect.gen(function* () {
    const { cancel, counts, followed, status, wakeAll } = yield* serve
    const waiting = yield* Effect.forkChild(
      Effect.all(
        Array.from({ length: 500 }, () => status(60)),
        { concurrency: "unbounded" },
      ),
    )
    yield* followed(500)
    assert.strictEqual((yield* cancel).status, 200)
    const before = counts.found
    yield* Effect.sleep("300 millis")
    assert.strictEqual(counts.found, before)
    yield* wakeAll
    const states = (yield* Fiber.join(waiting)).map(({ json }) => json["state"])
    assert.deepStrictEqual(new Set(states), new Set(["cancelled"]))
    assert.isAtMost(counts.found - before, 500)
    assert.strictEqual(counts.following, 0)
  }),
)

it.live("a wait ends without a change, and a signal about nothing does not end it", () =>
  Effect.gen(function* () {
    const { followed, status, wakeAll } = yield* serve
    const [duration, { json }] = yield* Effect.timed(status(0.3))
    assert.strictEqual(json["state"], "created")
    assert.isAtLeast(Duration.toMillis(duration), 300)
    const waiting = yield* Effect.forkChild(status(0.4))
    yield* followed(1)
    yield* wakeAll
    assert.strictEqual((yield* Fiber.join(waiting)).json["state"], "created")
  }),
)

it.live("a job in a final state is returned at once", () =>
  Effect.gen(function* () {
    const { cancel, status } = yield* serve
    yield* cancel
    assert.strictEqual((yield* status(60)).json["state"], "cancelled")
  }),
)

it.live("a wait that is too long, or no number, is refused", () =>
  Effect.gen(function* () {
    const { status } = yield* serve
    for (const wait of [61, -1, "soon", "NaN", ""]) assertProblem(yield* status(wait), 400, "invalid_request")
  }),
)

it.live("a wait ends when its client leaves", () =>
  Effect.gen(function* () {
    const { followed, left, status } = yield* serve
    const waiting = yield* Effect.forkChild(status(60))
    yield* followed(1)
    yield* Fiber.interrupt(waiting)
    yield* left
  }),
)

it.live("an API that stops answers those who wait", () =>
  Effect.gen(function* () {
    const { followed, status, stop } = yield* serve
    const waiting = yield* Effect.forkChild(status(60))
    yield* followed(1)
    yield* stop
    const answer = yield* Fiber.join(waiting)
    assert.strictEqual(answer.status, 200)
    assert.strictEqual(answer.json["state"], "created")
  }),
)
