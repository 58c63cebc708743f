import "../Bytes/exactJsonNames.ts"
import * as Layer from "effect/Layer"
import { MaxConnections } from "../Layers/database/postgres/Database.ts"
import { DatabaseServer } from "../Layers/database/postgres/DatabaseServer.ts"
import * as JobsBackend from "../Layers/JobsBackend.ts"
import * as LoadBackend from "../Layers/LoadBackend.ts"
import { launchProcess } from "../Layers/launchProcess.ts"
import { lowerPriority } from "../Layers/process/lowerPriority.ts"
import * as MetricsServer from "../Layers/telemetry/MetricsServer.ts"
import * as ClaimLoop from "./ClaimLoop.ts"
import * as WebhookLoop from "./WebhookLoop.ts"

Layer.mergeAll(ClaimLoop.layer, WebhookLoop.layer, MetricsServer.layer).pipe(
  Layer.provide(LoadBackend.layer),
  Layer.provide(JobsBackend.layer),
  Layer.provide(Layer.succeed(MaxConnections, 5)),
  Layer.provide(DatabaseServer.layerConfig),
  Layer.provide(Layer.effectDiscard(lowerPriority)),
  launchProcess("worker"),
)
