import * as Layer from "effect/Layer"
import * as ExportsPg from "./database/ExportsPg.ts"
import * as JobQueuePgBoss from "./database/JobQueuePgBoss.ts"
import * as JobsPg from "./database/JobsPg.ts"
import * as Reaper from "./database/liveness/Reaper.ts"
import { ReplicaSession } from "./database/liveness/ReplicaSession.ts"
import * as Migrations from "./database/migrations/Migrations.ts"
import * as Database from "./database/postgres/Database.ts"
import { PgBossClient } from "./database/queue/PgBossClient.ts"
import * as ReadinessPg from "./database/ReadinessPg.ts"
import * as ApiKeysConfig from "./process/ApiKeysConfig.ts"

/** The database and the job queue in it. */
export const layerQueue = Layer.merge(JobQueuePgBoss.layer, Reaper.layer).pipe(
  Layer.provide(ReplicaSession.layer),
  Layer.provideMerge(PgBossClient.layer),
  Layer.provideMerge(Migrations.layer),
  Layer.provideMerge(Database.layer({ applicationName: "sluice", maxConnections: 10 })),
)

/** Jobs, their queue, exports, readiness and API keys: everything the API needs besides a `CsvSource`. */
export const layer = Layer.mergeAll(
  JobsPg.layer,
  ExportsPg.layer,
  ReadinessPg.layer,
  ApiKeysConfig.layer,
).pipe(Layer.provideMerge(layerQueue))
