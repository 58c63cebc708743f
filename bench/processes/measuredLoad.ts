import { text } from "node:stream/consumers"
import * as Schema from "effect/Schema"
import { Client } from "pg"
import { backendTimesOf } from "../world/ProcessTimes.ts"
import { CopyFromStdin } from "./CopyFromStdin.ts"
import { type LoadReport, LoadSpec } from "./LoadSpec.ts"

const decodeSpec = Schema.decodeUnknownSync(Schema.fromJsonString(LoadSpec))

const cpuSeconds = (): number => {
  const { system, user } = process.cpuUsage()
  return (system + user) / 1e6
}

/**
 * Runs one load as its standard input says and reports what it took, from the first statement to the commit.
 * The connection is there before the clock starts.
 *
 * @param send sends the file's rows, in COPY's CSV format
 */
export const measuredLoad = async (
  send: (source: string, copy: CopyFromStdin) => Promise<void>,
  options: { readonly hasHeader: boolean },
): Promise<void> => {
  const spec = decodeSpec(await text(process.stdin))
  const client = new Client({ connectionString: spec.databaseUrl, application_name: "bench load" })
  await client.connect()
  const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid")
  const backend = rows[0]!.pid
  const backendBefore = await backendTimesOf(backend)
  const cpuBefore = cpuSeconds()
  const begun = performance.now()
  if (spec.createTable !== undefined) await client.query(`begin; ${spec.createTable}`)
  const copy = new CopyFromStdin(
    `copy ${spec.table} from stdin with (format csv, header ${options.hasHeader})`,
  )
  client.query(copy)
  await send(spec.source, copy)
  if (spec.createTable !== undefined) await client.query("commit")
  const wallSeconds = (performance.now() - begun) / 1000
  const clientCpuSeconds = cpuSeconds() - cpuBefore
  const backendAfter = await backendTimesOf(backend)
  await client.end()
  const report: LoadReport = {
    wallSeconds,
    clientCpuSeconds,
    backendCpuSeconds:
      backendBefore === null || backendAfter === null
        ? null
        : backendAfter.cpuSeconds - backendBefore.cpuSeconds,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
  }
  process.stdout.write(JSON.stringify(report))
}
