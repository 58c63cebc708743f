import * as Effect from "effect/Effect"
import { quoteIdentifier } from "../../src/Domain/load/columns/SqlIdentifier.ts"
import type { Contender } from "../contenders/Contender.ts"
import { copyCommand, runPsql } from "../contenders/Psql.ts"
import { sluice } from "../contenders/Sluice.ts"
import { createTypedTable } from "../contenders/TextTable.ts"
import * as DataFiles from "../files/DataFiles.ts"
import type { DataFile } from "../files/DataFiles.ts"
import { keyed, keyedRowBytes } from "../files/Keyed.ts"
import type { Options } from "../Options.ts"
import type { Database } from "../world/Database.ts"
import type { World } from "../world/World.ts"
import { type Race, race } from "./Race.ts"
import { raceTable } from "./RaceTable.ts"

const rows = { usual: 1_000_000, quick: 20_000 }

const table = "bench_modes"
const staging = "bench_modes_staging"

const indexes = [
  `alter table ${table} add primary key (id)`,
  `create index on ${table} (customer)`,
  `create index on ${table} (changed)`,
]

const others = keyed.columns.filter((column) => column !== "id").map(quoteIdentifier)

const copyIntoStaging = (file: DataFile): ReadonlyArray<string> => [
  `create unlogged table ${staging} (like ${table});`,
  copyCommand(file, staging),
]

/** What an expert writes for each mode, and the table before: it ends with the rows of the file. */
const modes: Readonly<
  Record<
    "append" | "replace" | "upsert",
    {
      readonly options?: Readonly<Record<string, string>>
      /** The table has the rows of the file, changed by these statements. */
      readonly before: ReadonlyArray<string>
      readonly expert: (file: DataFile) => ReadonlyArray<string>
    }
  >
> = {
  append: { before: [`truncate ${table}`], expert: (file) => [copyCommand(file, table)] },
  replace: {
    before: [],
    expert: (file) => [
      ...copyIntoStaging(file),
      "begin;",
      `lock table ${table} in share row exclusive mode;`,
      `delete from ${table};`,
      `insert into ${table} select * from ${staging};`,
      "commit;",
      `drop table ${staging};`,
      `analyze ${table};`,
    ],
  },
  upsert: {
    options: { key: "id" },
    before: [
      `delete from ${table} where id % 10 = 0`,
      `update ${table} set state = 'changed' where id % 2 = 1`,
      `vacuum full ${table}`,
    ],
    expert: (file) => [
      ...copyIntoStaging(file),
      "begin;",
      `lock table ${table} in share row exclusive mode;`,
      `insert into ${table} as old select * from ${staging} on conflict (id) do update
        set (${others.join(", ")}) = row (${others.map((column) => `excluded.${column}`).join(", ")})
        where (${others.map((column) => `old.${column}`).join(", ")}) is distinct from (${others.map((column) => `excluded.${column}`).join(", ")});`,
      "commit;",
      `drop table ${staging};`,
    ],
  },
}

/** Makes the table as it is before the load. */
const makeTable = Effect.fnUntraced(function* (
  database: Database,
  file: DataFile,
  changes: ReadonlyArray<string>,
) {
  yield* database.query(createTypedTable(table, file))
  yield* runPsql(database, table, [copyCommand(file, table)])
  for (const statement of [...indexes, ...changes, `vacuum analyze ${table}`])
    yield* database.query(statement)
})

const into = (database: Database, contender: Contender, changes: ReadonlyArray<string>): Contender => ({
  ...contender,
  prepare: (file) => Effect.tap(contender.prepare(file), () => makeTable(database, file, changes)),
})

/** Loads into an indexed table that exists, against psql and the SQL that an expert writes. */
export const loadModes = Effect.fnUntraced(function* (world: World, options: Options) {
  const { database } = world
  const wanted = options.rows ?? (options.quick ? rows.quick : rows.usual)
  const file = yield* DataFiles.file(keyed, Math.ceil((wanted * keyedRowBytes) / 1e6))
  const races: Array<Race> = []
  for (const [mode, { before, expert, options: jobOptions }] of Object.entries(modes)) {
    const bySql: Contender = {
      name: mode === "append" ? String.raw`psql \copy` : "psql, SQL of an expert",
      prepare: (loaded) => Effect.succeed({ load: runPsql(database, table, expert(loaded)) }),
    }
    const bySluice = sluice(world, {}, { tableName: table, mode, ...jobOptions })
    races.push(
      yield* race(database, {
        label: mode,
        file,
        contenders: [into(database, bySql, before), into(database, bySluice, before)],
        rounds: options.runs,
      }),
    )
  }
  return raceTable(races, "Load modes", ["expert"])
})
