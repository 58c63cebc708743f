import * as PgClient from "@effect/sql-pg/PgClient"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as PubSub from "effect/PubSub"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import * as OutageLog from "../../../Domain/service/OutageLog.ts"
import { describeFailure } from "../../process/describeFailure.ts"

/** The channel of all notifications between processes. */
export const channel = "sluice"

export type Notification =
  | { readonly _tag: "Notified"; readonly payload: string }
  /** The connection was opened or reopened. Notifications may have been lost before. */
  | { readonly _tag: "Listening" }

const listening: Notification = { _tag: "Listening" }

/** Listens on one pinned connection; reconnects forever when it is lost. */
export const notifications = (client: PgClient.PgClient): Stream.Stream<Notification> => {
  const outage = OutageLog.make("not listening for the queue's signals")
  return Stream.unwrap(
    Effect.map(client.listen(channel), (queue) =>
      Stream.concat(
        Stream.fromEffect(Effect.as(outage.succeeded, listening)),
        Stream.fromQueue(queue).pipe(
          Stream.map(({ payload }): Notification => ({ _tag: "Notified", payload })),
        ),
      ),
    ),
  ).pipe(
    Stream.catch((error) => Stream.fromEffectDrain(outage.failed(describeFailure(error)))),
    Stream.repeat(Schedule.spaced("500 millis")),
  )
}

/** What this process receives over one connection, for any number of readers. Each begins with `Listening`. */
export class Notifications extends Context.Service<Notifications, Stream.Stream<Notification>>()(
  "sluice/Layers/queue/Notifications",
) {
  static readonly layer = Layer.effect(
    Notifications,
    Effect.gen(function* () {
      const client = yield* PgClient.PgClient
      const received = yield* PubSub.unbounded<Notification>()
      yield* Stream.runForEach(notifications(client), (notification) =>
        PubSub.publish(received, notification),
      ).pipe(Effect.withTracerEnabled(false), Effect.forkScoped)
      return Stream.unwrap(
        Effect.map(PubSub.subscribe(received), (subscription) =>
          Stream.concat(Stream.succeed(listening), Stream.fromSubscription(subscription)),
        ),
      )
    }),
  )
}
