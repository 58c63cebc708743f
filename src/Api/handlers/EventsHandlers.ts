import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { Jobs } from "../../Domain/job/Jobs.ts"
import { JobList } from "../../Domain/job/list/JobList.ts"
import { chooseJobs } from "../../Domain/job/list/chooseJobs.ts"
import { reachableOwner } from "../../Domain/service/Caller.ts"
import * as Metrics from "../../Domain/telemetry/Metrics.ts"
import { Api } from "../contract/Api.ts"
import { EventStreams } from "../events/EventStreams.ts"
import { JobFeed } from "../events/JobFeed.ts"
import { jobFrame, JobStreams } from "../events/JobStreams.ts"
import { withinLimit } from "../http/limits/limitProblem.ts"
import { Refusals } from "../http/log/Refusals.ts"
import { note } from "../http/log/RequestLog.ts"
import { askDatabase } from "./askDatabase.ts"
import { noSuchJob } from "./noSuchJob.ts"
import { refuseUnmatchable } from "./refuseUnmatchable.ts"

/** The position that an event's id is, if it is one. */
const positionOf = (id: string | undefined): number | null => {
  const position = Number(id)
  return id !== undefined && Number.isSafeInteger(position) && position > 0 ? position : null
}

type Frames = Effect.Success<ReturnType<(typeof JobStreams)["Service"]["follow"]>>

/** Measures how long after the end of the job its last event has been sent, of streams that were open then. */
const measureDelay = (frames: Frames): Frames => {
  let isOpen = false
  let finishedAt: DateTime.Utc | null = null
  return frames.pipe(
    Stream.tap((frame) =>
      Effect.sync(() => {
        if (isOpen) finishedAt = frame.finishedAt
        isOpen = true
      }),
    ),
    Stream.onEnd(
      Effect.flatMap(DateTime.now, (now) =>
        finishedAt === null
          ? Effect.void
          : Metrics.record(
              "sluice.event_stream.delay",
              {},
              // By two clocks.
              Math.max(0, Duration.toSeconds(DateTime.distance(finishedAt, now))),
            ),
      ),
    ),
  )
}

/** The handlers of the streams of events. */
export const layerEventsHandlers = HttpApiBuilder.group(
  Api,
  "events",
  Effect.fnUntraced(function* (handlers) {
    const jobs = yield* Jobs
    const list = yield* JobList
    const streams = yield* EventStreams
    const jobStreams = yield* JobStreams
    const feed = yield* JobFeed
    const refusals = yield* Refusals
    const enter = withinLimit(refusals)

    return handlers.handleAll({
      job: Effect.fn("EventsApi.job")(function* ({ headers, query: { jobId } }) {
        yield* note({ jobId })
        const job = yield* askDatabase(jobs.find(jobId))
        if (Option.isNone(job)) return yield* noSuchJob(jobId)
        const { id, isLast } = jobFrame(job.value)
        const lastId = headers["last-event-id"]
        if (isLast && id === lastId) return HttpServerResponse.empty()
        yield* enter(streams.enter("job"))
        const frames = yield* jobStreams.follow(jobId)
        return streams.respond(
          measureDelay(frames).pipe(
            Stream.filter((frame) => frame.id !== lastId),
            Stream.map(({ bytes }) => bytes),
          ),
        )
      }),
      all: Effect.fn("EventsApi.all")(function* ({ headers, query }) {
        yield* refuseUnmatchable(list, query)
        yield* enter(streams.enter("all"))
        const after = positionOf(headers["last-event-id"])
        const owner = yield* reachableOwner
        return streams.respond(yield* askDatabase(feed.follow(owner, after, chooseJobs(query))))
      }),
    })
  }),
)
