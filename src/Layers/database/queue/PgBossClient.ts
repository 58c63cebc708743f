import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { PgBoss } from "pg-boss"
import { DatabaseUrl } from "../postgres/DatabaseUrl.ts"
import { unavailable } from "../postgres/DatabaseFailure.ts"
import { withSettings } from "../postgres/SessionSettings.ts"
import { describeFailure } from "../../process/describeFailure.ts"
import { waitingForDatabase } from "../postgres/WaitForDatabase.ts"

/** The queue's name in pg-boss. */
export const queueName = "load"

/**
 * A worker is taken for dead when none of its beats (one a second) has arrived for this long; pg-boss allows
 * no less than 10 seconds.
 */
const heartbeat = Duration.seconds(10)
/** pg-boss's upper bound for one attempt. */
const longestAttempt = Duration.hours(24)
/** How long the queue keeps jobs that have ended; their record stays in `sluice.job`. */
const keepEnded = Duration.days(7)
/** A waiting job is never thrown away: pg-boss's default would drop it after two weeks. */
const keepWaiting = Duration.days(3650)
/**
 * Longer than anything of the queue's takes. A connection that is dead without a word would else be waited for as
 * long as the system retransmits, a quarter of an hour, and the pool has few.
 */
const longestStatement = Duration.seconds(10)
/** What pg-boss hands on to pg without knowing it. */
const forPg = { query_timeout: Duration.toMillis(longestStatement) }
/** The service counts attempts itself (`RetryDecision`); pg-boss must not end a job before it does. */
const retryLimit = 1_000_000

const queueOptions = {
  heartbeatSeconds: Duration.toSeconds(heartbeat),
  expireInSeconds: Duration.toSeconds(longestAttempt),
  deleteAfterSeconds: Duration.toSeconds(keepEnded),
  retentionSeconds: Duration.toSeconds(keepWaiting),
  retryLimit,
  retryDelay: 0,
}

/**
 * The running pg-boss of this process. API and workers alike supervise the queue, so that jobs of a dead
 * worker return to it even while no other worker is up.
 */
export class PgBossClient extends Context.Service<PgBossClient, PgBoss>()(
  "sluice/Layers/queue/PgBossClient",
) {
  static readonly layer = Layer.effect(
    PgBossClient,
    Effect.gen(function* () {
      const url = yield* DatabaseUrl
      const context = yield* Effect.context<never>()
      const report = (effect: Effect.Effect<void>) => Effect.runForkWith(context)(effect)
      return yield* Effect.acquireRelease(
        waitingForDatabase(
          Effect.tryPromise({
            try: async () => {
              const boss = new PgBoss({
                connectionString: withSettings(url, { lock_timeout: "3s" }),
                application_name: "sluice queue",
                schema: "boss",
                max: 4,
                connectionTimeoutMillis: 3000,
                ...forPg,
                schedule: false,
                supervise: true,
                superviseIntervalSeconds: 1,
                monitorIntervalSeconds: 1,
                maintenanceIntervalSeconds: 3600,
                registerInstance: false,
                // A span for every empty poll would drown the traces; ours are made by the claim loop.
                openTelemetry: { enabled: false },
              })
              boss.on("error", (error) =>
                report(
                  Effect.logWarning("queue: a background statement failed").pipe(
                    Effect.annotateLogs(describeFailure(error)),
                  ),
                ),
              )
              boss.on("warning", (warning) =>
                report(Effect.logDebug("queue warning").pipe(Effect.annotateLogs(describeFailure(warning)))),
              )
              try {
                await boss.start()
                await boss.createQueue(queueName, queueOptions)
                // createQueue leaves the options of an existing queue alone.
                await boss.updateQueue(queueName, queueOptions)
                return boss
              } catch (cause) {
                // Half started, it would go on in the background; the next try makes another.
                await boss.stop({ graceful: false, close: true })
                throw cause
              }
            },
            catch: (cause) => unavailable("start the queue", cause),
          }),
        ),
        (boss) =>
          Effect.tryPromise(() => boss.stop({ graceful: false, close: true })).pipe(
            Effect.catch((error) =>
              Effect.logWarning("queue did not stop cleanly").pipe(
                Effect.annotateLogs(describeFailure(error)),
              ),
            ),
          ),
      )
    }),
  )
}
