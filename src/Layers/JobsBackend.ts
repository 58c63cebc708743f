import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { Readiness } from "../Domain/service/Readiness.ts"
import * as ExportsPg from "./database/ExportsPg.ts"
import * as HealthReportPg from "./database/HealthReportPg.ts"
import * as JobChangesPg from "./database/JobChangesPg.ts"
import * as JobListPg from "./database/JobListPg.ts"
import * as JobQueuePgBoss from "./database/JobQueuePgBoss.ts"
import * as JobsPg from "./database/JobsPg.ts"
import * as LimitsPg from "./database/LimitsPg.ts"
import * as RowsPg from "./database/RowsPg.ts"
import * as SourcesPg from "./database/SourcesPg.ts"
import * as TablesPg from "./database/TablesPg.ts"
import * as JobFenceApart from "./database/fence/JobFenceApart.ts"
import { endByQueue } from "./database/jobs/ending/endByQueue.ts"
import { Fleet } from "./database/liveness/Fleet.ts"
import * as Reaper from "./database/liveness/Reaper.ts"
import { RespondingTargets } from "./database/liveness/RespondingTargets.ts"
import { ReplicaSession } from "./database/liveness/ReplicaSession.ts"
import * as TargetsPg from "./database/TargetsPg.ts"
import * as WebhooksPg from "./database/WebhooksPg.ts"
import * as Migrations from "./database/migrations/Migrations.ts"
import * as Database from "./database/postgres/Database.ts"
import { unavailable } from "./database/postgres/DatabaseFailure.ts"
import { ListPool } from "./database/postgres/ListPool.ts"
import { RequestPool } from "./database/postgres/RequestPool.ts"
import { Notifications } from "./database/queue/Notifications.ts"
import { SignalSender } from "./database/queue/SignalSender.ts"
import { CopyOut } from "./database/export/CopyOut.ts"
import { TargetDatabase } from "./database/postgres/TargetDatabase.ts"
import { PgBossClient } from "./database/queue/PgBossClient.ts"
import { queueName } from "./database/queue/queueTable.ts"
import * as AccessConfig from "./process/AccessConfig.ts"
import * as ApiKeysConfig from "./process/keys/ApiKeysConfig.ts"
import { SourceHosts } from "./process/SourceHosts.ts"
import * as CallbackPolicyConfig from "./webhook/CallbackPolicyConfig.ts"

/** The database, the job queue in it, the changes of its jobs, and the database of their tables. */
export const layerQueue = Reaper.layer(endByQueue).pipe(
  Layer.provideMerge(JobFenceApart.layer),
  Layer.provideMerge(Layer.mergeAll(JobQueuePgBoss.layer, JobChangesPg.layer)),
  Layer.provide(SignalSender.layer),
  Layer.provideMerge(Notifications.layer),
  Layer.provide([ReplicaSession.layer, Fleet.layer]),
  Layer.provide(RespondingTargets.layer),
  Layer.provideMerge(PgBossClient.layer),
  Layer.provideMerge(Migrations.layer),
  Layer.provideMerge(Database.layer({ applicationName: "sluice" })),
)

/** Checks the database over the service's own connections and the queue over pg-boss's. */
const layerReadiness = Layer.effect(
  Readiness,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const { sql: tables } = yield* TargetDatabase
    const boss = yield* PgBossClient
    const targetCheck = {
      name: "target",
      check: Effect.asVoid(tables`select 1`).pipe(Database.orUnavailable("check the database of the tables")),
    }
    return Readiness.of({
      checks: [
        {
          name: "database",
          check: Effect.asVoid(sql`select 1`).pipe(Database.orUnavailable("check the database")),
        },
        {
          name: "queue",
          check: Effect.asVoid(
            Effect.tryPromise({
              try: () => boss.getQueue(queueName),
              catch: (cause) => unavailable("check the queue", cause),
            }),
          ),
        },
        ...(tables === sql ? [] : [targetCheck]),
      ],
    })
  }),
)

const layerJobs = JobsPg.layer.pipe(Layer.provide(CallbackPolicyConfig.layer))

/** Jobs, their queue, exports, readiness and access: everything the API needs besides a `CsvSource`. */
export const layer = Layer.mergeAll(
  layerJobs,
  JobListPg.layer,
  WebhooksPg.layer.pipe(Layer.provide(layerJobs)),
  LimitsPg.layer,
  ExportsPg.layer.pipe(Layer.provide(CopyOut.layer)),
  TablesPg.layer,
  RowsPg.layer,
  SourcesPg.layer.pipe(
    Layer.provide([LimitsPg.layer, ApiKeysConfig.layer, CallbackPolicyConfig.layer, SourceHosts.layer]),
  ),
  TargetsPg.layer,
  layerReadiness,
  HealthReportPg.layer,
  ApiKeysConfig.layer,
  AccessConfig.layer,
).pipe(Layer.provide([RequestPool.layer, ListPool.layer]), Layer.provideMerge(layerQueue))
