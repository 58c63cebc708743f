/**
 * `npm run db:roles`: creates the roles of owner, API and worker. `DATABASE_URL` names an administrator. Safe to repeat.
 *
 * - `--print` shows the SQL instead of running it.
 * - `--passwords=FOLDER` makes up a password for each role in `owner/password`, `api/password` and `worker/password` of that
 *   folder, or uses the one that is there. Without it, roles keep their passwords, and new ones have none.
 * - `--target=NAME` shows what the user of a database for tables needs there: that of `TARGET_DATABASE_URL` (`default`), or one of
 *   `TARGET_DATABASES`. It runs nothing.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { randomBytes } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { stdout } from "node:process"
import { defaultTarget } from "../src/Domain/load/columns/target/RecordedTarget.ts"
import { createRoles, grantTarget } from "../src/Layers/database/migrations/databaseRoles.ts"
import { databaseRoles } from "../src/Layers/database/postgres/DatabaseRole.ts"
import { settingsFrom } from "../src/Layers/database/postgres/DatabaseServer.ts"
import { StartRefused } from "../src/Layers/database/postgres/StartRefused.ts"
import { clientOf, selectServer } from "../src/Layers/database/postgres/selectServer.ts"
import { sessionOptions } from "../src/Layers/database/settings/SessionSettings.ts"
import { AppConfig } from "../src/Layers/process/AppConfig.ts"
import { declaredTargets } from "../src/Layers/process/settings/declaredTargets.ts"
import { runCommand } from "../src/Layers/process/runCommand.ts"
import { readOptions } from "./readOptions.ts"

const values = readOptions(
  {
    print: { type: "boolean", default: false },
    passwords: { type: "string" },
    target: { type: "string" },
  },
  "npm run db:roles -- [--print] [--passwords=FOLDER] [--target=NAME]",
)

/** The password in the file, or a new one, which is written there for this user alone. */
const passwordIn = (folder: string, kind: string): string => {
  const file = join(folder, kind, "password")
  if (existsSync(file)) return readFileSync(file, "utf8").trim()
  const password = randomBytes(24).toString("base64url")
  mkdirSync(join(folder, kind), { recursive: true })
  writeFileSync(file, password, { mode: 0o600, flag: "wx" })
  return password
}

const passwords = (): Record<string, string> =>
  values.passwords === undefined || values.print
    ? {}
    : Object.fromEntries(
        Object.keys(databaseRoles).map((kind) => [kind, passwordIn(values.passwords ?? "", kind)]),
      )

const show = (statements: ReadonlyArray<string>) =>
  stdout.write(statements.map((statement) => `${statement};\n`).join(""))

/** The statements for the administrator of a database for tables. */
const targetStatements = Effect.fnUntraced(function* (name: string) {
  const config = yield* AppConfig
  const { targetDatabases, targetSchema, targetSchemas } = config
  const declared = declaredTargets(config).find((target) => target.name === name)
  if (declared === undefined)
    return yield* new StartRefused({
      message: `There is no database ${name}: give TARGET_DATABASE_URL for ${defaultTarget}, or TARGET_DATABASES, which has ${[...targetDatabases.keys()].join(", ") || "none"}`,
    })
  const databaseUrl = Option.some(declared.url)
  const { database, user } = yield* settingsFrom({ databaseUrl, databaseDefaults: {} }, declared.setting)
  return grantTarget({ database, user, schemas: [targetSchema, ...targetSchemas] })
})

const program = Effect.gen(function* () {
  const config = yield* AppConfig
  if (values.target !== undefined) return show(yield* targetStatements(values.target))
  const settings = yield* settingsFrom(config)
  const statements = createRoles({
    database: settings.database,
    schemas: [config.targetSchema, ...config.targetSchemas],
    passwords: passwords(),
    uploads: config.uploadConcurrency > 0,
  })
  if (values.print) return show(statements)
  const client = clientOf(settings, yield* selectServer(settings), sessionOptions(settings.options))
  yield* Effect.tryPromise(async () => {
    await client.connect()
    try {
      await client.query(`begin; ${statements.join("; ")}; commit`)
    } finally {
      await client.end()
    }
  })
  return stdout.write(
    `The roles ${Object.values(databaseRoles).join(", ")} exist. Run npm run db:migrate as ${databaseRoles.owner} now.\n`,
  )
})

runCommand(Effect.provide(program, AppConfig.layer))
