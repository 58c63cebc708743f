import { access, constants } from "node:fs/promises"
import { delimiter, join } from "node:path"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Child from "../world/Child.ts"
import type { Database } from "../world/Database.ts"
import * as ProcessTimes from "../world/ProcessTimes.ts"
import type { Sample } from "./Contender.ts"
import { searchPath } from "./ToolConnection.ts"

/** Whether a program is installed. */
export const isInstalled = Effect.fnUntraced(function* (program: string) {
  for (const folder of (yield* searchPath).split(delimiter)) {
    const path = join(folder, program)
    const found = yield* Effect.promise(() =>
      access(path, constants.X_OK).then(
        () => true,
        () => false,
      ),
    )
    if (found) return true
  }
  return false
})

/** Interval between samples of a tool; CPU time after the last sample is missed. */
const interval = "100 millis"

/** Runs a tool. The wall time is that of its process; memory and CPU, also of its backends, are the last sample. */
export const measured = Effect.fnUntraced(function* (
  database: Database,
  command: Child.Command,
  table: string,
) {
  let tool = 0
  let cpuSeconds: number | null = null
  let peakMemoryBytes: number | null = null
  const backends = new Map<number, number>()
  const observe = Effect.gen(function* () {
    if (tool === 0) return
    cpuSeconds = (yield* Effect.promise(() => ProcessTimes.timesOf(tool)))?.cpuSeconds ?? cpuSeconds
    peakMemoryBytes = (yield* Effect.promise(() => ProcessTimes.peakMemoryOf(tool))) ?? peakMemoryBytes
    for (const [pid, cpu] of (yield* database.cpuOf("others")) ?? [])
      backends.set(pid, Math.max(cpu, backends.get(pid) ?? 0))
  })
  const run = Child.run(command, (pid) => {
    tool = pid
  })
  const { wallSeconds } = yield* Effect.raceFirst(
    run,
    Effect.andThen(Effect.repeat(observe, Schedule.spaced(interval)), Effect.never),
  )
  return {
    wallSeconds,
    recordedSeconds: null,
    clientCpuSeconds: cpuSeconds,
    backendCpuSeconds:
      backends.size === 0 ? null : Array.from(backends.values()).reduce((sum, cpu) => sum + cpu, 0),
    peakMemoryBytes,
    table,
  } satisfies Sample
})
