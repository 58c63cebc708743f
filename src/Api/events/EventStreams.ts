import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import type { Scope } from "effect/Scope"
import * as Stream from "effect/Stream"
import { HttpServerResponse } from "effect/http"
import type { Caller } from "../../Domain/service/Caller.ts"
import type { LimitReached } from "../../Domain/service/Limits.ts"
import * as Metrics from "../../Domain/telemetry/Metrics.ts"
import { HeldRequests } from "../http/HeldRequests.ts"
import { commentFrame } from "./EventFrame.ts"

/** Proxies close a connection on which nothing is sent for a minute. A heartbeat also finds clients that are gone. */
const heartbeatInterval = Duration.seconds(15)

const heartbeats = Stream.fromSchedule(Schedule.spaced(heartbeatInterval)).pipe(
  Stream.map(() => commentFrame("heartbeat")),
)

/** A stream ends after this time. To continue, its client needs a key that is still valid. */
const longestStream = Duration.hours(1)

type Kind = "job" | "all"

/** The open streams of events. */
export class EventStreams extends Context.Service<
  EventStreams,
  {
    /** Counts a stream until its request ends. Fails if the caller or the process has too many. */
    readonly enter: (kind: Kind) => Effect.Effect<void, LimitReached, Caller | Scope>
    /** A response that ends with the events, and when the API stops. */
    readonly respond: (events: Stream.Stream<Uint8Array>) => HttpServerResponse.HttpServerResponse
  }
>()("sluice/Api/EventStreams") {
  static readonly layer = Layer.effect(
    EventStreams,
    Effect.gen(function* () {
      const held = yield* HeldRequests
      const open: Record<Kind, number> = { job: 0, all: 0 }
      yield* Metrics.observe("sluice.event_streams", { of: "job" }, () => open.job)
      yield* Metrics.observe("sluice.event_streams", { of: "all" }, () => open.all)
      return EventStreams.of({
        enter: Effect.fnUntraced(function* (kind) {
          yield* held.enter("stream")
          return yield* Effect.acquireRelease(
            Effect.sync(() => void open[kind]++),
            () => Effect.sync(() => void open[kind]--),
          )
        }),
        respond: (events) =>
          HttpServerResponse.stream(
            // A first line, so that proxies pass the head of the response on.
            Stream.succeed(commentFrame("events")).pipe(
              Stream.concat(Stream.merge(events, heartbeats, { haltStrategy: "left" })),
              Stream.interruptWhen(Effect.raceFirst(held.stopped, Effect.sleep(longestStream))),
            ),
            {
              contentType: "text/event-stream",
              headers: { "cache-control": "no-store, no-transform", "x-accel-buffering": "no" },
            },
          ),
      })
    }),
  )
}
