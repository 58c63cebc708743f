import * as Layer from "effect/Layer"
import * as Backend from "../Layers/Backend.ts"
import * as CsvSourceHttp from "../Layers/source/CsvSourceHttp.ts"
import * as HttpListener from "../Layers/process/HttpListener.ts"
import { launch } from "../Layers/process/Launch.ts"
import { DatabaseUrl } from "../Layers/database/postgres/DatabaseUrl.ts"
import { connectionErrorResponse } from "./http/ConnectionErrors.ts"
import { layerHttpServer } from "./HttpServer.ts"

layerHttpServer.pipe(
  Layer.provide(HttpListener.layer(connectionErrorResponse)),
  Layer.provide(CsvSourceHttp.layer),
  Layer.provide(Backend.jobs),
  Layer.provide(DatabaseUrl.layerConfig),
  launch,
)
