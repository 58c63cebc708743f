import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as ChildProcess from "effect/process/ChildProcess"
import { ChildProcessSpawner } from "effect/process/ChildProcessSpawner"
import { errorCode } from "./EmbeddedPostgresError.ts"

/** A process that is running now; `null` fields are unknown on this platform or to this user. */
interface RunningProcess {
  /** Distinguishes two processes that had the same pid. */
  readonly startedAt: string | null
  readonly command: string | null
}

const unknown: RunningProcess = { startedAt: null, command: null }

/** Looks up a process. Zombies, which a container without an init process keeps, do not count. */
export const find = Effect.fnUntraced(function* (pid: number) {
  if (!isListed(pid)) return null
  if (process.platform === "linux") return yield* fromProc(pid)
  return process.platform === "win32" ? unknown : yield* fromPs(pid)
})

const isListed = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (cause) {
    return errorCode(cause) === "EPERM"
  }
}

/** proc_pid_stat(5): the name in parentheses may contain spaces; field 3 is the state, field 22 the start time. */
const fromProc = Effect.fnUntraced(
  function* (pid: number) {
    const fs = yield* FileSystem.FileSystem
    const stat = yield* fs.readFileString(`/proc/${pid}/stat`)
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    if (fields[0] === "Z" || fields[0] === "X") return null
    const command = yield* fs.readFileString(`/proc/${pid}/cmdline`)
    return { startedAt: fields[19] ?? null, command: command.replaceAll("\0", " ").trim() }
  },
  // The process has just ended, or is hidden from this user (mount option `hidepid`).
  (found, pid) => Effect.catch(found, () => Effect.sync(() => (isListed(pid) ? unknown : null))),
)

const fromPs = Effect.fnUntraced(function* (pid: number) {
  const spawner = yield* ChildProcessSpawner
  const line = yield* spawner.string(
    ChildProcess.make("ps", ["-o", "stat=,lstart=,command=", "-p", String(pid)]),
  )
  // `lstart` is five words: `Tue Nov 24 12:40:00 2026`.
  const [state, ...words] = line.trim().split(/\s+/)
  if (state === undefined || state === "" || state.startsWith("Z")) return null
  return { startedAt: words.slice(0, 5).join(" "), command: words.slice(5).join(" ") }
})
