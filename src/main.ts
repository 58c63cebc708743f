import "./Bytes/exactJsonNames.ts"
import * as Layer from "effect/Layer"
import { connectionErrorResponse } from "./Api/http/ConnectionErrors.ts"
import { streamsBody } from "./Api/http/RoutePaths.ts"
import { layerHttpServer } from "./Api/HttpServer.ts"
import * as QueueMetrics from "./Layers/database/QueueMetrics.ts"
import { DatabaseServer } from "./Layers/database/postgres/DatabaseServer.ts"
import * as SourceScheduler from "./Layers/database/refresh/SourceScheduler.ts"
import * as EmbeddedPostgres from "./Layers/embedded/EmbeddedPostgres.ts"
import * as JobsBackend from "./Layers/JobsBackend.ts"
import * as LoadBackend from "./Layers/LoadBackend.ts"
import * as FileServer from "./Layers/process/listeners/FileServer.ts"
import * as HttpListener from "./Layers/process/listeners/HttpListener.ts"
import * as OpenOnPurpose from "./Layers/process/keys/OpenOnPurpose.ts"
import { launchProcess } from "./Layers/launchProcess.ts"
import * as LogAddresses from "./Layers/process/listeners/LogAddresses.ts"
import * as CsvSourceHttp from "./Layers/source/CsvSourceHttp.ts"
import * as UploadBackend from "./Layers/UploadBackend.ts"
import * as WebPageFiles from "./Layers/page/WebPageFiles.ts"
import * as UploadLoads from "./Worker/UploadLoads.ts"
import * as ClaimLoop from "./Worker/ClaimLoop.ts"
import * as WebhookLoop from "./Worker/WebhookLoop.ts"

/**
 * All of Sluice in one process, with an embedded Postgres and a sample file server. A layer outlives the layers
 * it is provided to: loads that finish during a shutdown still have their source and their database.
 */
const api = Layer.mergeAll(layerHttpServer, QueueMetrics.layer, SourceScheduler.layer).pipe(
  Layer.provideMerge(HttpListener.layer(connectionErrorResponse, streamsBody)),
  Layer.provide([CsvSourceHttp.layer, UploadBackend.layer(UploadLoads.layer), WebPageFiles.layer]),
)
const worker = Layer.merge(ClaimLoop.layer, WebhookLoop.layer).pipe(Layer.provide(LoadBackend.layer))

LogAddresses.layer.pipe(
  Layer.provide([api, worker]),
  Layer.provide(JobsBackend.layer),
  Layer.provide(DatabaseServer.layerConfig),
  Layer.provide(EmbeddedPostgres.layerConfig),
  Layer.provide(FileServer.layer),
  Layer.provide(OpenOnPurpose.layer),
  launchProcess("all"),
)
