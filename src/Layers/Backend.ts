import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Layer from "effect/Layer"
import * as ApiKeysConfig from "./process/ApiKeysConfig.ts"
import * as CopySinkPg from "./database/CopySinkPg.ts"
import { LoadConnections } from "./database/session/LoadConnections.ts"
import * as StagingSweep from "./database/copy/StagingSweep.ts"
import * as CsvSourceHttp from "./source/CsvSourceHttp.ts"
import * as JobRetention from "./database/jobs/JobRetention.ts"
import * as JobsPg from "./database/JobsPg.ts"
import * as LivenessFile from "./process/LivenessFile.ts"
import * as Database from "./database/postgres/Database.ts"
import * as Migrations from "./database/migrations/Migrations.ts"
import * as JobQueuePgBoss from "./database/JobQueuePgBoss.ts"
import { PgBossClient } from "./database/queue/PgBossClient.ts"
import * as Reaper from "./database/liveness/Reaper.ts"
import { ReplicaSession } from "./database/liveness/ReplicaSession.ts"
import * as ReadinessPg from "./database/ReadinessPg.ts"
import * as WorkerSettingsConfig from "./process/WorkerSettingsConfig.ts"

const queue = Layer.merge(JobQueuePgBoss.layer, Reaper.layer).pipe(
  Layer.provide(ReplicaSession.layer),
  Layer.provideMerge(PgBossClient.layer),
  Layer.provideMerge(Migrations.layer),
  Layer.provideMerge(Database.layer({ applicationName: "sluice", maxConnections: 10 })),
)

/** What the API stands on: jobs, their queue, the state of both, and who may ask. */
export const jobs = Layer.mergeAll(JobsPg.layer, ReadinessPg.layer, ApiKeysConfig.layer).pipe(
  Layer.provideMerge(queue),
)

/** What a worker needs beside the jobs: where files come from and where rows go. */
export const loading = Layer.mergeAll(
  CopySinkPg.layer.pipe(Layer.provide(LoadConnections.layer), Layer.provide(queue)),
  StagingSweep.layer.pipe(Layer.provide(queue)),
  JobRetention.layer.pipe(Layer.provide(queue)),
  CsvSourceHttp.layer,
  WorkerSettingsConfig.layer,
  LivenessFile.layer.pipe(Layer.provide(NodeFileSystem.layer)),
)
