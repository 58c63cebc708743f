import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Layer from "effect/Layer"
import * as ApiKeysConfig from "./ApiKeysConfig.ts"
import * as CopySinkPg from "./copy/CopySinkPg.ts"
import { LoadConnections } from "./copy/LoadConnections.ts"
import * as StagingSweep from "./copy/StagingSweep.ts"
import * as CsvSourceHttp from "./CsvSourceHttp.ts"
import * as JobRetention from "./jobs/JobRetention.ts"
import * as JobsPg from "./jobs/JobsPg.ts"
import * as LivenessFile from "./LivenessFile.ts"
import * as Database from "./postgres/Database.ts"
import * as Migrations from "./postgres/Migrations.ts"
import * as JobQueuePgBoss from "./queue/JobQueuePgBoss.ts"
import { PgBossClient } from "./queue/PgBossClient.ts"
import * as Reaper from "./queue/Reaper.ts"
import { ReplicaSession } from "./queue/ReplicaSession.ts"
import * as ReadinessPg from "./ReadinessPg.ts"
import * as WorkerSettingsConfig from "./WorkerSettingsConfig.ts"

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
