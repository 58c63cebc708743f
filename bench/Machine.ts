import { statfs } from "node:fs/promises"
import { availableParallelism, cpus, loadavg, platform, release, tmpdir, totalmem } from "node:os"
import * as Effect from "effect/Effect"
import { attempt, BenchFailure } from "./BenchFailure.ts"
import { isInstalled } from "./contenders/Tool.ts"
import { searchPath } from "./contenders/ToolConnection.ts"
import * as Child from "./world/Child.ts"
import type { Database } from "./world/Database.ts"

export type Fact = readonly [name: string, value: string]

/** Magic number of tmpfs (statfs(2)). Loads into memory say little about durable loads. */
const tmpfs = 0x01021994

const settings = [
  "wal_level",
  "fsync",
  "synchronous_commit",
  "full_page_writes",
  "shared_buffers",
  "max_wal_size",
]

/** Load average per core above which other processes take the time that is measured. */
const busyFrom = 0.2

/** First line of a program's version output, or `not installed`. */
const versionOf = Effect.fnUntraced(function* (program: string, flag = "--version") {
  if (!(yield* isInstalled(program))) return "not installed"
  const { stdout } = yield* Child.run({
    program,
    arguments: [flag],
    environment: { PATH: yield* searchPath },
  })
  return stdout.trim().split("\n")[0] ?? ""
})

/** Describes the machine and the server, before the first load. */
export const describe = Effect.fnUntraced(
  function* (database: Database) {
    const [server] = yield* database.query<{ version: string }>("select version()")
    const rows = yield* database.query<{ name: string; setting: string }>(
      "select name, current_setting(name) as setting from pg_settings where name = any($1) order by name",
      [settings],
    )
    const { type } = yield* attempt("inspect the folder for temporary files", () => statfs(tmpdir()))
    const facts: Array<Fact> = [
      ["CPU", `${cpus()[0]?.model.trim() ?? "unknown"}, ${availableParallelism()} cores`],
      ["memory", `${(totalmem() / 2 ** 30).toFixed(1)} GiB`],
      ["system", `${platform()} ${release()}`],
      ["load average at the start", loadavg()[0]!.toFixed(2)],
      ["Node", process.version],
      ["Postgres", server?.version ?? "unknown"],
      ["its settings", rows.map(({ name, setting }) => `${name} ${setting}`).join(", ")],
      ["psql", yield* versionOf("psql")],
      ["pgloader", yield* versionOf("pgloader")],
      ["ogr2ogr", yield* versionOf("ogr2ogr")],
    ]
    const [load] = loadavg()
    if (load! > busyFrom * availableParallelism())
      facts.push([
        "caution",
        "the machine was busy at the start: wall times mean little, compare CPU seconds of this run only",
      ])
    if (type === tmpfs) facts.push(["caution", `${tmpdir()} is in memory, so nothing was written to a disk`])
    return facts
  },
  Effect.mapError((error) => new BenchFailure({ message: `cannot describe the machine: ${error.message}` })),
)
