import * as Layer from "effect/Layer"
import { connectionErrorResponse } from "./Api/http/ConnectionErrors.ts"
import { layerHttpServer } from "./Api/HttpServer.ts"
import * as Backend from "./Layers/Backend.ts"
import * as CsvSourceHttp from "./Layers/source/CsvSourceHttp.ts"
import * as EmbeddedPostgres from "./Layers/embedded/EmbeddedPostgres.ts"
import * as FileServer from "./Layers/process/FileServer.ts"
import * as HttpListener from "./Layers/process/HttpListener.ts"
import { launch } from "./Layers/process/Launch.ts"
import { DatabaseUrl } from "./Layers/database/postgres/DatabaseUrl.ts"
import * as Welcome from "./Layers/process/Welcome.ts"
import * as ClaimLoop from "./Worker/ClaimLoop.ts"

/**
 * All of Sluice in one process, its own Postgres and a sample file server included. What is provided outlives
 * what it is provided to: loads that finish during a shutdown still have their source and their database.
 */
const api = layerHttpServer.pipe(
  Layer.provide(HttpListener.layer(connectionErrorResponse)),
  Layer.provide(CsvSourceHttp.layer),
)
const worker = ClaimLoop.layer.pipe(Layer.provide(Backend.loading))

Welcome.layer.pipe(
  Layer.provide([api, worker]),
  Layer.provide(FileServer.layer),
  Layer.provide(Backend.jobs),
  Layer.provide(DatabaseUrl.layerConfig),
  Layer.provide(FileServer.layerAllowed),
  Layer.provide(EmbeddedPostgres.layerConfig),
  launch,
)
