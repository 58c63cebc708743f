import * as Arr from "effect/Array"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import { JobChanges } from "../../Domain/job/changes/JobChanges.ts"
import * as JobFollowers from "../../Domain/job/changes/JobFollowers.ts"
import { Notifications } from "./queue/Notifications.ts"
import { changedIn } from "./queue/Signals.ts"
import { SignalSender } from "./queue/SignalSender.ts"

/** Everyone who follows a job looks again this often, because signals can be lost and the queue's own changes have none. */
const reconcileInterval = Duration.seconds(5)

/** `JobChanges` by NOTIFY, with one signal for all changes of a moment. */
export const layer = Layer.effect(
  JobChanges,
  Effect.gen(function* () {
    const { changed: announce } = yield* SignalSender
    const received = yield* Notifications
    const followers = JobFollowers.make()
    const all = received.pipe(
      Stream.map((notification) =>
        notification._tag === "Listening" ? [null] : Arr.fromNullishOr(changedIn(notification.payload)),
      ),
      Stream.flattenIterable,
    )
    yield* Stream.runForEach(all, (changed) =>
      Effect.sync(() => {
        if (changed === null) followers.wakeAll()
        else for (const id of changed) followers.wake(id)
      }),
    ).pipe(Effect.withTracerEnabled(false), Effect.forkScoped)
    yield* Effect.sync(followers.wakeAll).pipe(
      Effect.repeat(Schedule.spaced(reconcileInterval)),
      Effect.forkScoped,
    )
    return { announce, follow: followers.follow, all }
  }),
)
