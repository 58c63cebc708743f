import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { exampleJob } from "../../../src/Api/contract/JobResource.ts"
import { JobFeed } from "../../../src/Api/events/JobFeed.ts"
import { JobChanges } from "../../../src/Domain/job/changes/JobChanges.ts"
import * as JobFollowers from "../../../src/Domain/job/changes/JobFollowers.ts"
import { JobList, type RecentJobs } from "../../../src/Domain/job/list/JobList.ts"
import { JobSummary } from "../../../src/Domain/job/list/JobSummary.ts"
import { Owner } from "../../../src/Domain/service/Caller.ts"

const time = 1_589_788_983_000_000
const job = Schema.decodeSync(Schema.toCodecJson(JobSummary))(exampleJob)
const two = [job, job].map((each) => ({ owner: Owner.make("alice"), job: each }))
const hour = 3_600_000_000

/** The ids and events of a stream that begins after a position. */
const framesAfter = (after: number | null, recent: (since: number | null) => RecentJobs, count: number) =>
  Effect.gen(function* () {
    const feed = yield* JobFeed
    const stream = yield* feed.follow(null, after)
    const frames = yield* Stream.runCollect(Stream.take(stream, count))
    return [...frames].map((bytes) =>
      new TextDecoder()
        .decode(bytes)
        .split("\n")
        .filter((line) => /^(?:id|event):/.test(line))
        .join(" "),
    )
  }).pipe(
    Effect.scoped,
    Effect.provide(
      JobFeed.layer.pipe(
        Layer.provide([
          Layer.mock(JobList, { recent: ({ since }) => Effect.sync(() => recent(since)) }),
          Layer.succeed(JobChanges, {
            announce: () => Effect.void,
            follow: JobFollowers.make().follow,
            all: Stream.never,
          }),
        ]),
      ),
    ),
  )

const found = (): RecentJobs => ({ time, jobs: two, isCut: false })

it.effect("a client gets its new position only after all that it has missed", () =>
  Effect.gen(function* () {
    const after = 1000
    const frames = yield* framesAfter(after, found, 3)
    assert.deepStrictEqual(frames, [`id: ${after} event: job`, `id: ${after} event: job`, `id: ${time}`])
  }),
)

it.effect("a client without a position gets one at once", () =>
  Effect.gen(function* () {
    assert.strictEqual((yield* framesAfter(null, found, 3))[0], `id: ${time}`)
  }),
)

it.live(
  "a position older than an hour makes the client read the list, and reads nothing that has ended",
  () =>
    Effect.gen(function* () {
      const asked: Array<number | null> = []
      const recent = (since: number | null) => {
        asked.push(since)
        return found()
      }
      const old = Date.now() * 1000 - 2 * hour
      assert.deepStrictEqual(yield* framesAfter(old, recent, 1), [`id: ${time} event: reload`])
      assert.deepStrictEqual(asked, [null])
    }),
)

it.live("a bug in the reader of changes ends the streams, so that their clients ask again", () =>
  Effect.gen(function* () {
    let reads = 0
    const recent = () => {
      if (reads++ > 0) throw new Error("a row that does not decode")
      return found()
    }
    assert.strictEqual((yield* framesAfter(null, recent, 100)).length, 3)
  }).pipe(Effect.provide(Logger.layer([]))),
)
