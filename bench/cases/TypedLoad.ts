import { pipeline } from "node:stream/promises"
import { Client } from "pg"
import { from as copyFrom } from "pg-copy-streams"
import { ColumnTypes } from "../../src/Csv/types/ColumnTypes.ts"
import { castText, type ColumnType } from "../../src/Domain/load/columns/ColumnType.ts"
import { createTextTable } from "../contenders/TextTable.ts"
import type { DataFile } from "../files/DataFiles.ts"
import { binaryCopy, readPieces, scanned } from "../processes/scannedFile.ts"
import { backendTimesOf } from "../world/ProcessTimes.ts"

/** Who infers the types: nobody (all columns are text), the sender of the rows, or SQL after the COPY. */
export const typesBy = ["nobody", "sender", "SQL"] as const
type TypesBy = (typeof typesBy)[number]

export interface TypedLoad {
  readonly wallSeconds: number
  readonly copySeconds: number
  readonly findSeconds: number
  readonly alterSeconds: number
  /** CPU of the process that sends the rows. */
  readonly clientCpuSeconds: number
  /** CPU of the connection's backend; `null` when the server is not on this machine. */
  readonly backendCpuSeconds: number | null
}

const table = "bench_types"

/** Formats that SQL looks for; the first that fits all values decides the type. */
const formats: ReadonlyArray<readonly [type: ColumnType, format: string]> = [
  ["bigint", "^(0|-?[1-9][0-9]{0,17})$"],
  ["numeric", "^-?(0|[1-9][0-9]*)([.][0-9]+)?$"],
  ["boolean", "^(true|false)$"],
  ["date", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"],
  ["timestamp", "^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$"],
  ["uuid", "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"],
]

/** Rows that the guess is based on. */
const sampleSize = 1000

/** SQL expression: whether all values of the column match the format. */
const allMatch = (column: string, format: string): string => `bool_and("${column}" ~ '${format}')`

/** Guesses a format per column from the first rows and checks all values in one scan; `text` if one does not match. */
const typesBySql = async (client: Client, columns: ReadonlyArray<string>) => {
  const guesses: Array<(typeof formats)[number] | undefined> = []
  for (const column of columns) {
    const { rows } = await client.query<Record<string, boolean | null>>(
      `select ${formats.map(([type, format]) => `${allMatch(column, format)} as "${type}"`).join(", ")}
       from (select "${column}" from ${table} limit ${sampleSize}) as first_rows`,
    )
    guesses.push(formats.find(([type]) => rows[0]?.[type] === true))
  }
  const checks = guesses.map((guess, index) => (guess ? allMatch(columns[index]!, guess[1]) : "false"))
  const { rows } = await client.query<Array<boolean | null>>({
    text: `select ${checks.join(", ")} from ${table}`,
    rowMode: "array",
  })
  return guesses.map((guess, index): ColumnType => (rows[0]?.[index] === true ? guess![0] : "text"))
}

const alter = (columns: ReadonlyArray<string>, types: ReadonlyArray<ColumnType>): string | null => {
  const actions = columns.flatMap((column, index) => {
    const type = types[index]!
    const name = `"${column}"`
    return type === "text" ? [] : [`alter column ${name} type ${type} using ${castText(name, type)}`]
  })
  return actions.length === 0 ? null : `alter table ${table} ${actions.join(", ")}`
}

/** Loads a file over one connection into a table created in the same transaction, and sets its column types. */
export const typedLoad = async (databaseUrl: string, file: DataFile, by: TypesBy): Promise<TypedLoad> => {
  const { columns } = file.kind
  const client = new Client({ connectionString: databaseUrl, application_name: "bench load" })
  await client.connect()
  try {
    const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid")
    const backendCpu = async () => (await backendTimesOf(rows[0]!.pid))?.cpuSeconds ?? null
    const backendBefore = await backendCpu()
    const cpu = process.cpuUsage()
    const start = performance.now()
    await client.query(`begin; ${createTextTable(table, file)}`)
    const observer = by === "sender" ? new ColumnTypes(columns.length) : null
    await pipeline(
      binaryCopy(scanned(readPieces(file.path)), (batch) => observer?.observe(batch)),
      client.query(copyFrom(`copy ${table} from stdin with (format binary)`, { highWaterMark: 1 << 18 })),
    )
    const copied = performance.now()
    const types = by === "SQL" ? await typesBySql(client, columns) : (observer?.types() ?? [])
    const found = performance.now()
    const statement = by === "nobody" ? null : alter(columns, types)
    if (statement !== null) await client.query(statement)
    const altered = performance.now()
    await client.query("commit")
    const committed = performance.now()
    const { system, user } = process.cpuUsage(cpu)
    const backendAfter = await backendCpu()
    return {
      wallSeconds: (committed - start) / 1000,
      copySeconds: (copied - start) / 1000,
      findSeconds: (found - copied) / 1000,
      alterSeconds: (altered - found) / 1000,
      clientCpuSeconds: (system + user) / 1e6,
      backendCpuSeconds:
        backendBefore === null || backendAfter === null ? null : backendAfter - backendBefore,
    }
  } finally {
    await client.end()
  }
}
