import { text } from "node:stream/consumers"
import type { Writable } from "node:stream"
import * as Schema from "effect/Schema"
import { Client } from "pg"
import { from as copyFrom } from "pg-copy-streams"
import { backendTimesOf } from "../world/ProcessTimes.ts"
import { type LoadReport, LoadSpec } from "./LoadSpec.ts"

const decodeSpec = Schema.decodeUnknownSync(Schema.fromJsonString(LoadSpec))

export const connect = async (databaseUrl: string): Promise<Client> => {
  const client = new Client({ connectionString: databaseUrl, application_name: "bench load" })
  await client.connect()
  return client
}

export const backendPid = async (client: Client): Promise<number> => {
  const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid")
  return rows[0]!.pid
}

const cpuSeconds = (): number => {
  const { system, user } = process.cpuUsage()
  return (system + user) / 1e6
}

/** Measures a load from its first statement to the commit; connecting does not count. */
export const measured = async (client: Client, load: () => Promise<void>): Promise<LoadReport> => {
  const backend = await backendPid(client)
  const backendBefore = await backendTimesOf(backend)
  const cpuBefore = cpuSeconds()
  const start = performance.now()
  await load()
  const wallSeconds = (performance.now() - start) / 1000
  const clientCpuSeconds = cpuSeconds() - cpuBefore
  const backendAfter = await backendTimesOf(backend)
  return {
    wallSeconds,
    clientCpuSeconds,
    backendCpuSeconds:
      backendBefore === null || backendAfter === null
        ? null
        : backendAfter.cpuSeconds - backendBefore.cpuSeconds,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
  }
}

/**
 * Runs one load as standard input asks for it, and prints a report of it.
 *
 * @param send sends the file's rows, in COPY's CSV format
 */
export const measuredLoad = async (
  send: (source: string, copy: Writable) => Promise<void>,
  options: { readonly hasHeader: boolean },
): Promise<void> => {
  const { createTable, databaseUrl, source, table } = decodeSpec(await text(process.stdin))
  const client = await connect(databaseUrl)
  const report = await measured(client, async () => {
    if (createTable !== undefined) await client.query(`begin; ${createTable}`)
    const statement = `copy ${table} from stdin with (format csv, header ${options.hasHeader})`
    await send(source, client.query(copyFrom(statement, { highWaterMark: 1 << 18 })))
    if (createTable !== undefined) await client.query("commit")
  })
  await client.end()
  process.stdout.write(JSON.stringify(report))
}
