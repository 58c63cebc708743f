import * as Layer from "effect/Layer"
import * as Backend from "../Layers/Backend.ts"
import { launch } from "../Layers/process/Launch.ts"
import { DatabaseUrl } from "../Layers/database/postgres/DatabaseUrl.ts"
import * as ClaimLoop from "./ClaimLoop.ts"

ClaimLoop.layer.pipe(
  Layer.provide(Backend.loading),
  Layer.provide(Backend.jobs),
  Layer.provide(DatabaseUrl.layerConfig),
  launch,
)
