import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import { apiSettings } from "./settings/apiSettings.ts"
import { databaseSettings } from "./settings/databaseSettings.ts"
import { destinationSettings } from "./settings/destinationSettings.ts"
import { limitSettings } from "./settings/limitSettings.ts"
import { readSettings } from "./settings/readSettings.ts"
import { secretSettings } from "./settings/secretSettings.ts"
import { sourceSettings } from "./settings/sourceSettings.ts"
import { telemetrySettings } from "./settings/telemetrySettings.ts"
import { workerSettings } from "./settings/workerSettings.ts"

/**
 * Every variable that the service reads from its environment, once, at start. An empty variable counts as absent.
 * A value that does not parse stops the process with a message that names the variable. `docs/configuration.md` and
 * `.env.example` list the same variables.
 */
const settings = {
  ...databaseSettings,
  ...apiSettings,
  ...limitSettings,
  ...workerSettings,
  ...sourceSettings,
  ...secretSettings,
  ...destinationSettings,
  ...telemetrySettings,
}

const config = Config.all(settings)

/** The configuration of this process. */
export class AppConfig extends Context.Service<AppConfig, Config.Success<typeof config>>()(
  "sluice/Layers/AppConfig",
) {
  static readonly layer = Layer.effect(AppConfig, readSettings(settings, config))
}
