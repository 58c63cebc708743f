import * as Array from "effect/Array"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import * as Stream from "effect/Stream"
import { JobId } from "../../Domain/job/Job.ts"
import { JobChanges } from "../../Domain/job/changes/JobChanges.ts"
import * as JobFollowers from "../../Domain/job/changes/JobFollowers.ts"
import { channel, Notifications } from "./queue/Notifications.ts"
import { signalInBackground } from "./queue/signalInBackground.ts"

/** Everyone who follows a job looks again this often, because signals can be lost and the queue's own changes have none. */
const reconcileInterval = Duration.seconds(5)

/** A notification has at most 8,000 bytes. */
const maxIds = 200

const prefix = "changed "

const idsIn = (payload: string): ReadonlySet<JobId> =>
  new Set(payload.slice(prefix.length).split(",").filter(Schema.is(JobId)))

const notifyChanged = (sql: SqlClient.SqlClient, jobIds: ReadonlyArray<JobId>) => {
  const payloads = Array.chunksOf([...new Set(jobIds)], maxIds).map((some) => prefix + some.join(","))
  return sql`select pg_notify(${channel}, payload) from jsonb_array_elements_text(${JSON.stringify(payloads)}::text::jsonb) as payload`
}

/** `JobChanges` by NOTIFY, with one signal for all changes of a moment. */
export const layer = Layer.effect(
  JobChanges,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const received = yield* Notifications
    const followers = JobFollowers.make()
    const announce = yield* signalInBackground<JobId>({
      send: (jobIds) => notifyChanged(sql, jobIds),
      lost: "changed jobs are left to the next look at them",
    })
    const all = received.pipe(
      Stream.filter(
        (notification) => notification._tag === "Listening" || notification.payload.startsWith(prefix),
      ),
      Stream.map((notification) => (notification._tag === "Listening" ? null : idsIn(notification.payload))),
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
