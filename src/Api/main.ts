import "../Bytes/exactJsonNames.ts"
import * as Layer from "effect/Layer"
import * as UploadLoads from "../Worker/UploadLoads.ts"
import { TakesJobs } from "../Layers/database/liveness/ReplicaSession.ts"
import * as QueueMetrics from "../Layers/database/QueueMetrics.ts"
import * as SourceScheduler from "../Layers/database/refresh/SourceScheduler.ts"
import { DatabaseServer } from "../Layers/database/postgres/DatabaseServer.ts"
import * as JobsBackend from "../Layers/JobsBackend.ts"
import * as HttpListener from "../Layers/process/listeners/HttpListener.ts"
import * as OpenOnPurpose from "../Layers/process/keys/OpenOnPurpose.ts"
import { launchProcess } from "../Layers/launchProcess.ts"
import * as UploadBackend from "../Layers/UploadBackend.ts"
import * as WebPageFiles from "../Layers/page/WebPageFiles.ts"
import * as CsvSourceHttp from "../Layers/source/CsvSourceHttp.ts"
import { connectionErrorResponse } from "./http/ConnectionErrors.ts"
import { streamsBody } from "./http/RoutePaths.ts"
import { layerHttpServer } from "./HttpServer.ts"

Layer.mergeAll(layerHttpServer, QueueMetrics.layer, SourceScheduler.layer).pipe(
  Layer.provide(HttpListener.layer(connectionErrorResponse, streamsBody)),
  Layer.provide([CsvSourceHttp.layer, UploadBackend.layer(UploadLoads.layer), WebPageFiles.layer]),
  Layer.provide(JobsBackend.layer),
  Layer.provide(Layer.succeed(TakesJobs, false)),
  Layer.provide(DatabaseServer.layerConfig),
  Layer.provide(OpenOnPurpose.layer),
  launchProcess("api"),
)
