import { assert, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { JobChanges } from "../../src/Domain/job/changes/JobChanges.ts"
import * as JobFollowers from "../../src/Domain/job/changes/JobFollowers.ts"
import { Jobs } from "../../src/Domain/job/Jobs.ts"
import { assertProblem } from "../support/ApiHarness.ts"
import { ask, serveOnPort } from "../support/ApiServer.ts"
import { openEvents, type ReceivedEvent } from "../support/EventStream.ts"
import * as JobsMemory from "../support/JobsMemory.ts"

/** An API whose lookups of jobs are counted, with one job. Nobody announces changes but the test. */
const serve = Effect.gen(function* () {
  const followers = JobFollowers.make()
  const counts = { found: 0 }
  const changes = Layer.succeed(JobChanges, {
    announce: () => Effect.void,
    follow: followers.follow,
    all: Stream.never,
  })
  const counted = Layer.effect(
    Jobs,
    Effect.map(Jobs, (jobs) => ({
      ...jobs,
      find: (jobId) =>
        Effect.suspend(() => {
          counts.found++
          return jobs.find(jobId)
        }),
    })),
  ).pipe(Layer.provide(JobsMemory.layer))
  const scope = yield* Effect.acquireRelease(Scope.make(), (scope, exit) => Scope.close(scope, exit))
  const origin = yield* serveOnPort(counted, { settings: Layer.merge(Logger.layer([]), changes) }).pipe(
    Scope.provide(scope),
  )
  const body = { contentType: "application/json", text: '{"fileUrl":"http://files.example/a.csv"}' }
  const { json } = yield* ask(origin, "/download_file", body)
  const jobId = String(json["jobId"])
  const path = `/job_events?jobId=${jobId}`
  return {
    counts,
    wakeAll: Effect.sync(followers.wakeAll),
    follow: (lastEventId?: string) =>
      openEvents(`${origin}${path}`, lastEventId === undefined ? {} : { "last-event-id": lastEventId }),
    ask: (other = path) => ask(origin, other),
    status: Effect.map(ask(origin, `/job_status?jobId=${jobId}`), (answer) => answer.json),
    cancel: Effect.andThen(ask(origin, `/job_cancel?jobId=${jobId}`), Effect.sync(followers.wakeAll)),
    stop: Scope.close(scope, Exit.void),
  }
})

const isIn = (state: string) => (event: ReceivedEvent) => event.data["state"] === state

it.live("a stream has the job as /job_status shows it, then each change, and ends with the job", () =>
  Effect.gen(function* () {
    const { cancel, follow, status } = yield* serve
    const before = yield* status
    const stream = yield* follow()
    const { headers, status: code } = yield* stream.head
    assert.strictEqual(code, 200)
    assert.strictEqual(headers["content-type"], "text/event-stream")
    assert.strictEqual(headers["x-accel-buffering"], "no")
    assert.include(String(headers["cache-control"]), "no-store")
    const first = yield* stream.event(isIn("created"))
    assert.deepStrictEqual([first.event, first.data], ["job", before])
    yield* cancel
    yield* stream.end
    assert.deepStrictEqual(
      stream.events.map(({ data }) => data),
      [before, yield* status],
    )
    assert.match(stream.text(), /^: /)
  }),
)

it.live("a stream continues after the last event that its client has", () =>
  Effect.gen(function* () {
    const { cancel, follow, status, wakeAll } = yield* serve
    const first = yield* follow()
    const { id } = yield* first.event(isIn("created"))
    yield* first.close
    const second = yield* follow(id)
    yield* second.head
    yield* wakeAll
    yield* cancel
    yield* second.end
    // Not the event that the client has.
    assert.deepStrictEqual(
      second.events.map(({ data }) => data),
      [yield* status],
    )
    // A browser that gets 204 does not ask again.
    const third = yield* follow(second.events[0]?.id)
    assert.strictEqual((yield* third.head).status, 204)
    // A client with another event gets the end.
    const fourth = yield* follow(id)
    yield* fourth.end
    assert.strictEqual(fourth.events.length, 1)
  }),
)

it.live("500 streams of one job cost one lookup for each change, and none while nothing changes", () =>
  Effect.gen(function* () {
    const { cancel, counts, follow, wakeAll } = yield* serve
    const streams = yield* Effect.forEach(Array.from({ length: 500 }), () => follow(), { concurrency: 50 })
    yield* Effect.forEach(streams, ({ event }) => event(isIn("created")), { concurrency: "unbounded" })
    const before = counts.found
    yield* Effect.sleep("1200 millis")
    assert.strictEqual(counts.found, before)
    yield* wakeAll
    yield* cancel
    yield* Effect.forEach(streams, ({ end }) => end, { concurrency: "unbounded" })
    for (const { events } of streams)
      assert.deepStrictEqual(
        events.map(({ data }) => data["state"]),
        ["created", "cancelled"],
      )
    // One for the wake without a change, one to cancel, and one for the change.
    assert.isAtMost(counts.found - before, 4)
  }),
)

it.live("a stream ends at once when the API stops", () =>
  Effect.gen(function* () {
    const { follow, stop } = yield* serve
    const stream = yield* follow()
    yield* stream.event(isIn("created"))
    const [duration] = yield* Effect.timed(Effect.andThen(stop, stream.end))
    assert.isBelow(Duration.toMillis(duration), 2000)
  }),
)

it.live("a caller that has too many streams gets 429 until one of them is closed", () =>
  Effect.gen(function* () {
    const { ask, follow } = yield* serve
    const streams = yield* Effect.forEach(Array.from({ length: 600 }), () => follow(), { concurrency: 50 })
    yield* Effect.forEach(streams, ({ head }) => head, { concurrency: "unbounded" })
    const refused = yield* ask()
    assertProblem(refused, 429, "limit_reached")
    assert.strictEqual(refused.json["limit"], "event_streams")
    assert.strictEqual(refused.headers.get("retry-after"), "10")
    yield* streams[0]!.close
    const again = yield* follow().pipe(
      Effect.flatMap(({ head }) => head),
      Effect.repeat({ until: ({ status }) => status === 200, times: 100 }),
    )
    assert.strictEqual(again.status, 200)
  }),
)

it.live("an unknown job is 404, and a malformed id 400", () =>
  Effect.gen(function* () {
    const { ask } = yield* serve
    assertProblem(yield* ask("/job_events?jobId=00000000-0000-4000-8000-000000000000"), 404, "job_not_found")
    assertProblem(yield* ask("/job_events?jobId=7"), 400, "invalid_request")
    assertProblem(yield* ask("/events?jobId=7"), 400, "invalid_request")
  }),
)
