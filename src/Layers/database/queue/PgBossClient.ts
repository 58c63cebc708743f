import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { PgBoss } from "pg-boss"
import { DatabaseServer } from "../postgres/DatabaseServer.ts"
import { failureCode, insufficientPrivilege, unavailable } from "../postgres/DatabaseFailure.ts"
import { StartRefused } from "../postgres/StartRefused.ts"
import { describeFailure, messageOf } from "../../process/describeFailure.ts"
import { openConnection } from "../postgres/openConnection.ts"
import { waitingForDatabase } from "../postgres/WaitForDatabase.ts"
import { claimIndexMissing, createClaimIndex, queueName } from "./queueTable.ts"

/** pg-boss considers a worker dead when its heartbeat (one a second) is missing for this long. 10 s is its minimum. */
const heartbeatTimeout = Duration.seconds(10)
/** pg-boss's maximum for one attempt. */
const attemptTimeout = Duration.hours(24)
/** How long pg-boss keeps jobs that have ended. Their records stay in `sluice.job`. */
const keepEnded = Duration.days(7)
/** Waiting jobs are never dropped. pg-boss's default would drop them after two weeks. */
const keepWaiting = Duration.days(3650)
/**
 * Longer than any of pg-boss's statements takes. On a connection that died without closing, a statement would otherwise
 * wait a quarter of an hour for TCP to give up, and the pool has only four connections. pg-boss passes this option of pg
 * on but does not declare it.
 */
const pgOptions = { query_timeout: Duration.toMillis(Duration.seconds(10)) }
/** Sluice limits attempts itself (`RetryDecision`), so pg-boss's limit must never be reached. */
const retryLimit = 1_000_000

const queueOptions = {
  heartbeatSeconds: Duration.toSeconds(heartbeatTimeout),
  expireInSeconds: Duration.toSeconds(attemptTimeout),
  deleteAfterSeconds: Duration.toSeconds(keepEnded),
  retentionSeconds: Duration.toSeconds(keepWaiting),
  retryLimit,
  retryDelay: 0,
}

/**
 * Whether this process's role owns pg-boss's schema, or will create it. Another role leaves the schema as it is: pg-boss runs the
 * statements in its table of background migrations with the rights of the process that finds them there.
 */
const mayMigrate = (server: DatabaseServer["Service"]) =>
  Effect.scoped(
    Effect.gen(function* () {
      const operation = "look at the queue's schema"
      const { client } = yield* openConnection(server, operation, {
        applicationName: "sluice queue",
        settings: {},
      })
      const { rows } = yield* Effect.tryPromise({
        try: () =>
          client.query<{ may: boolean }>(
            "select coalesce((select pg_has_role(nspowner, 'usage') from pg_namespace where nspname = 'boss'), true) as may",
          ),
        catch: (cause) => unavailable(operation, cause),
      })
      return rows[0]?.may === true
    }),
  )

/** This process's pg-boss. It does nothing by itself but look for background migrations of its schema. */
export class PgBossClient extends Context.Service<PgBossClient, PgBoss>()(
  "sluice/Layers/queue/PgBossClient",
) {
  static readonly layer = Layer.effect(
    PgBossClient,
    Effect.gen(function* () {
      const server = yield* DatabaseServer
      const context = yield* Effect.context<never>()
      const migrate = yield* waitingForDatabase(mayMigrate(server))
      const report = (effect: Effect.Effect<void>) => Effect.runForkWith(context)(effect)
      return yield* Effect.acquireRelease(
        waitingForDatabase(
          Effect.tryPromise({
            try: async () => {
              const boss = new PgBoss({
                ...server.clientConfig({ applicationName: "sluice queue" }),
                schema: "boss",
                migrate,
                max: 4,
                ...pgOptions,
                schedule: false,
                // The processes of a fleet take turns (`superviseQueue`).
                supervise: false,
                monitorIntervalSeconds: 1,
                // Its only result would be a warning in the log, and it takes most of the time of a pass.
                monitorVacuum: false,
                maintenanceIntervalSeconds: 3600,
                registerInstance: false,
                // It would trace every empty poll. The claim loop makes the spans that matter.
                openTelemetry: { enabled: false },
              })
              boss.on("error", (error) =>
                report(
                  Effect.annotateLogs(
                    Effect.logWarning("a background statement of the queue failed"),
                    describeFailure(error),
                  ),
                ),
              )
              boss.on("warning", (warning) =>
                report(Effect.annotateLogs(Effect.logDebug("queue warning"), describeFailure(warning))),
              )
              try {
                await boss.start()
                if (!migrate) return boss
                await boss.createQueue(queueName, queueOptions)
                // createQueue does not change the options of an existing queue.
                await boss.updateQueue(queueName, queueOptions)
                const { rows } = await boss.getDb().executeSql(claimIndexMissing)
                if (rows[0]?.missing === true) await boss.getDb().executeSql(createClaimIndex)
                return boss
              } catch (cause) {
                // A half-started pg-boss would keep running in the background; the retry makes a new one.
                await boss.stop({ graceful: false, close: true })
                throw cause
              }
            },
            catch: (cause) =>
              failureCode(cause) === insufficientPrivilege ||
              (!migrate && messageOf(cause).startsWith("pg-boss "))
                ? new StartRefused({
                    message: `The role of the database may not prepare the queue (${messageOf(cause)}). Run npm run db:migrate with DATABASE_URL of the role that owns the schemas.`,
                  })
                : unavailable("start the queue", cause),
          }),
        ),
        (boss) =>
          Effect.tryPromise(() => boss.stop({ graceful: false, close: true })).pipe(
            Effect.catch((error) =>
              Effect.annotateLogs(Effect.logWarning("queue did not stop cleanly"), describeFailure(error)),
            ),
          ),
      )
    }),
  )
}
