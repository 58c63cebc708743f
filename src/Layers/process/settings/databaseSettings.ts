import * as Config from "effect/Config"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { isSystemName } from "../../../Domain/load/columns/systemNames.ts"
import { expecting } from "./readSettings.ts"
import { list, parsed } from "./settingKinds.ts"
import { parseTargets } from "./parseTargets.ts"
import { postgresDefaults } from "./postgresVariables.ts"

const SchemaName = Schema.NonEmptyString.check(Schema.makeFilter((name: string) => !isSystemName(name)))
const systemSchemas = "those of Postgres (pg_…, information_schema), of Sluice (sluice) and of pg-boss (boss)"

/** The database and the tables in it. */
export const databaseSettings = {
  /** Postgres, `postgres://user:password@host:port/database`. If absent, `npm start` starts its own. */
  databaseUrl: Config.Redacted("DATABASE_URL").pipe(Config.option),
  /** What it leaves out, by libpq's names of parameters. */
  databaseDefaults: postgresDefaults,
  /** Postgres for the loaded tables, if they are not in the queue's database. */
  targetDatabaseUrl: Config.Redacted("TARGET_DATABASE_URL").pipe(Config.option),
  /** Further databases for tables by the names that requests give, `name=postgres://…`. */
  targetDatabases: parsed<ReadonlyMap<string, Redacted.Redacted>>(
    "TARGET_DATABASES",
    parseTargets,
    new Map(),
    "name=postgres://…, with commas or line breaks between several; each name once, of a-z, 0-9, _ and -, and not default",
  ),
  /** Folder of the embedded Postgres. */
  dataDir: Config.NonEmptyString("DATA_DIR").pipe(Config.withDefault(".sluice")),
  /** Schema for the loaded tables; created if missing. */
  targetSchema: Config.schema(SchemaName, "TARGET_SCHEMA").pipe(
    Config.withDefault("public"),
    expecting(`a schema other than ${systemSchemas}`),
  ),
  /** Other schemas that requests may name. They must exist. */
  targetSchemas: list(
    "TARGET_SCHEMAS",
    SchemaName,
    `schemas other than ${systemSchemas}, with commas between them`,
  ),
}
