import * as Config from "effect/Config"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { expecting } from "./readSettings.ts"
import { port } from "./settingKinds.ts"

/** Where the API listens, and who may use it. */
export const apiSettings = {
  /** Address the API listens on. */
  host: Config.NonEmptyString("HOST").pipe(Config.withDefault("127.0.0.1")),
  /** Port of the API; 0 takes any free port. */
  port: port("PORT", 3000),
  /** Port of the sample file server of `npm start`; 0 takes any free port. */
  fileserverPort: port("FILESERVER_PORT", 8000),
  /** If any are set, requests about jobs and files need one of them. */
  apiKeys: Config.Array(Schema.RedactedFromValue(Schema.NonEmptyString), "API_KEYS").pipe(
    Config.withDefault([] as ReadonlyArray<Redacted.Redacted>),
    expecting("keys with commas between them, none of them empty"),
  ),
}
