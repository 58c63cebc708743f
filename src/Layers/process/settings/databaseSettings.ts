import * as Config from "effect/Config"
import { list } from "./settingKinds.ts"
import { postgresDefaults } from "./postgresVariables.ts"

/** The database and the tables in it. */
export const databaseSettings = {
  /** Postgres, `postgres://user:password@host:port/database`. If absent, `npm start` starts its own. */
  databaseUrl: Config.Redacted("DATABASE_URL").pipe(Config.option),
  /** What it leaves out, by libpq's names of parameters. */
  databaseDefaults: postgresDefaults,
  /** Folder of the embedded Postgres. */
  dataDir: Config.NonEmptyString("DATA_DIR").pipe(Config.withDefault(".sluice")),
  /** Schema for the loaded tables; created if missing. */
  targetSchema: Config.NonEmptyString("TARGET_SCHEMA").pipe(Config.withDefault("public")),
  /** Other schemas that requests may name. They must exist. */
  targetSchemas: list("TARGET_SCHEMAS"),
}
