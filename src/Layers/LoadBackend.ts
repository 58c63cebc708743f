import { availableParallelism } from "node:os"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { WorkerSettings } from "../Domain/service/WorkerSettings.ts"
import * as StagingSweep from "./database/copy/StagingSweep.ts"
import * as CopySinkPg from "./database/CopySinkPg.ts"
import * as JobRetention from "./database/jobs/JobRetention.ts"
import { usableSlots } from "./database/liveness/usableSlots.ts"
import { requireSchemaRights } from "./database/migrations/requireRights.ts"
import { TargetDatabase } from "./database/postgres/TargetDatabase.ts"
import { waitingForDatabase } from "./database/postgres/WaitForDatabase.ts"
import { LoadConnections } from "./database/session/LoadConnections.ts"
import * as JobsBackend from "./JobsBackend.ts"
import { AppConfig } from "./process/AppConfig.ts"
import * as LivenessFile from "./process/LivenessFile.ts"
import * as CsvSourceHttp from "./source/CsvSourceHttp.ts"
import * as WebhookSenderHttp from "./webhook/WebhookSenderHttp.ts"

const layerSettings = Layer.effect(
  WorkerSettings,
  Effect.map(Effect.all([AppConfig, usableSlots]), ([config, usable]) =>
    WorkerSettings.of({
      slots: config.workerConcurrency,
      usableSlots: usable,
      pushingLoads: availableParallelism(),
      shutdownGrace: config.shutdownGrace,
      stopWhenIdle: config.stopWhenIdle,
      maxAttempts: config.maxAttempts,
      maxLoadDuration: config.maxLoadDuration,
      maxRecordSize: config.maxRecordSize,
    }),
  ),
)

/** The API's role may lack these rights, but a worker without them would fail every load. */
const layerTargetRights = Layer.effectDiscard(
  Effect.gen(function* () {
    const { targetSchema } = yield* AppConfig
    yield* waitingForDatabase(requireSchemaRights(targetSchema))
    yield* waitingForDatabase(requireSchemaRights("sluice"))
  }),
).pipe(Layer.provide(TargetDatabase.asOnlyDatabase))

/** What a worker needs besides the jobs: source, sink, settings, liveness file and background cleanup. */
export const layer = Layer.mergeAll(
  CopySinkPg.layer(LoadConnections.layer.pipe(Layer.provide(TargetDatabase.asOnlyDatabase))),
  StagingSweep.layer,
  JobRetention.layer,
  CsvSourceHttp.layer,
  WebhookSenderHttp.layer,
  layerSettings,
  layerTargetRights,
  LivenessFile.layer.pipe(Layer.provide(NodeFileSystem.layer)),
).pipe(Layer.provide(JobsBackend.layerQueue))
