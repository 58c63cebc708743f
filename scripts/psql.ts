/**
 * `npm run psql`: the database that `npm start` uses, in psql, or at a small prompt if psql is not installed. Takes psql's
 * arguments; the prompt knows `-c statement`, `\dt`, `\d table` and `\q`. With `--url`, only writes the connection string.
 */
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { spawnSync } from "node:child_process"
import { argv, env, exit, stdin, stdout } from "node:process"
import { createInterface } from "node:readline"
import type { Client, FieldDef, QueryResult } from "pg"
import { quoteLiteral } from "../src/Domain/load/columns/SqlIdentifier.ts"
import { settingsFrom } from "../src/Layers/database/postgres/DatabaseServer.ts"
import { clientOf, selectServer } from "../src/Layers/database/postgres/selectServer.ts"
import * as RunningServer from "../src/Layers/embedded/RunningServer.ts"
import { AppConfig } from "../src/Layers/process/AppConfig.ts"
import { messageOf } from "../src/Layers/process/describeFailure.ts"
import { runCommand } from "../src/Layers/process/runCommand.ts"
import { namesDatabase, postgresVariables } from "../src/Layers/process/settings/postgresVariables.ts"

class NotRunning extends Schema.TaggedError<NotRunning>()("NotRunning", { message: Schema.String }) {}

const text = (value: unknown): string => {
  if (value === null || value === undefined) return ""
  if (value instanceof Date) return value.toISOString()
  return typeof value === "object" ? JSON.stringify(value) : String(value)
}

const table = (fields: ReadonlyArray<FieldDef>, rows: ReadonlyArray<ReadonlyArray<unknown>>): string => {
  const lines = [fields.map(({ name }) => name), ...rows.map((row) => row.map(text))]
  const widths = fields.map((_, n) => Math.max(...lines.map((line) => line[n]?.length ?? 0)))
  const [head = "", ...body] = lines.map((line) =>
    line.map((cell, n) => ` ${cell.padEnd(widths[n] ?? 0)} `).join("|"),
  )
  const ruler = widths.map((width) => "-".repeat(width + 2)).join("+")
  return [head, ruler, ...body, `(${rows.length} row${rows.length === 1 ? "" : "s"})`].join("\n")
}

const tables = `select schemaname as schema, tablename as table from pg_tables
  where schemaname not in ('pg_catalog', 'information_schema', 'sluice', 'boss') order by 1, 2`

const columns = (name: string) => `select attname as column, format_type(atttypid, atttypmod) as type
  from pg_attribute where attrelid = ${quoteLiteral(name)}::regclass and attnum > 0 order by attnum`

/** The statement for a command of psql; any other line is a statement. */
const statementOf = (line: string): string => {
  const [command, name] = line.trim().replace(/;$/, "").split(/\s+/)
  if (command === String.raw`\dt` || command === String.raw`\d`)
    return name === undefined ? tables : columns(name)
  return line
}

const run = async (client: Client, line: string): Promise<boolean> => {
  try {
    const results: ReadonlyArray<QueryResult<Array<unknown>>> = [
      await client.query<Array<unknown>>({ text: statementOf(line), rowMode: "array" }),
    ].flat()
    for (const { command, fields, rowCount, rows } of results)
      stdout.write(`${fields.length > 0 ? table(fields, rows) : `${command} ${rowCount ?? ""}`.trim()}\n`)
    return true
  } catch (error) {
    stdout.write(`ERROR: ${messageOf(error)}\n`)
    return false
  }
}

const prompt = async (client: Client): Promise<void> => {
  const lines = createInterface({ input: stdin, output: stdout, prompt: "sluice=> ", terminal: stdin.isTTY })
  if (stdin.isTTY) stdout.write("psql is not installed: SQL ends with ; and \\dt lists tables, \\q quits.\n")
  const ask = () => (stdin.isTTY ? lines.prompt() : undefined)
  let statement = ""
  ask()
  for await (const line of lines) {
    if (line.trim() === String.raw`\q`) return
    statement += `${line}\n`
    if (/;\s*$|^\s*\\/.test(line)) {
      await run(client, statement)
      statement = ""
    }
    ask()
  }
  if (statement.trim() !== "") await run(client, statement)
}

const program = Effect.gen(function* () {
  const config = yield* AppConfig
  const isEmbedded = !namesDatabase(config)
  const url = isEmbedded ? yield* RunningServer.find(config.dataDir) : config.databaseUrl
  if (isEmbedded && Option.isNone(url))
    return yield* new NotRunning({
      message: `Sluice does not run on the database in ${config.dataDir}. Run npm start in another terminal first, and give both commands the same DATA_DIR.`,
    })
  if (argv.includes("--url"))
    return yield* Console.log(Option.match(url, { onNone: () => "postgres://", onSome: Redacted.value }))
  const settings = yield* settingsFrom({
    databaseUrl: url,
    databaseDefaults: isEmbedded ? {} : config.databaseDefaults,
  })
  // Those of the environment are in the settings already, or not for the embedded server.
  const variables = Object.entries(postgresVariables).map(([variable, name]) => [
    variable,
    settings.parameters[name],
  ])
  const found = spawnSync("psql", argv.slice(2), {
    stdio: "inherit",
    env: { ...env, ...Object.fromEntries(variables) },
  })
  if (found.error === undefined) return exit(found.status ?? 1)
  const client = clientOf(settings, yield* selectServer(settings), settings.options)
  const statements = argv.flatMap((argument, n) => (argument === "-c" ? [argv[n + 1] ?? ""] : []))
  return yield* Effect.promise(async () => {
    await client.connect()
    if (statements.length === 0) await prompt(client)
    else for (const statement of statements) if (!(await run(client, statement))) process.exitCode = 1
    await client.end()
  })
})

runCommand(Effect.provide(program, [AppConfig.layer, NodeServices.layer]))
