import { execFile } from "node:child_process"
import { readFile } from "node:fs/promises"
import * as Effect from "effect/Effect"
import { systemCode } from "./EmbeddedPostgresError.ts"

/** A process that is running now. */
export interface RunningProcess {
  /** Tells two processes apart that were given the same pid; `null` where the platform does not say. */
  readonly startedAt: string | null
  /** The command line; `null` where the platform does not say. */
  readonly command: string | null
}

/** Looks a process up. A zombie, which a container without an init process may keep, does not run. */
export const find = (pid: number): Effect.Effect<RunningProcess | null> =>
  Effect.promise(async () => {
    if (!isListed(pid)) return null
    if (process.platform === "linux") return fromProc(pid)
    if (process.platform === "win32") return { startedAt: null, command: null }
    return fromPs(pid)
  })

const isListed = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (cause) {
    return systemCode(cause) === "EPERM"
  }
}

/** proc_pid_stat(5): the name in parentheses may hold spaces, the state is field 3, the start time field 22. */
const fromProc = async (pid: number): Promise<RunningProcess | null> => {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8")
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    if (fields[0] === "Z" || fields[0] === "X") return null
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8")
    return { startedAt: fields[19] ?? null, command: command.replaceAll("\0", " ").trim() }
  } catch {
    // Gone between the two looks, or hidden from this user (mount option `hidepid`).
    return isListed(pid) ? { startedAt: null, command: null } : null
  }
}

const fromPs = (pid: number): Promise<RunningProcess | null> =>
  new Promise((resolve) => {
    execFile("ps", ["-o", "stat=,lstart=,command=", "-p", String(pid)], (error, stdout) => {
      // `lstart` is five words: `Tue Nov 24 12:40:00 2026`.
      const [state, ...words] = stdout.trim().split(/\s+/)
      if (error !== null || state === undefined || state === "" || state.startsWith("Z")) return resolve(null)
      return resolve({ startedAt: words.slice(0, 5).join(" "), command: words.slice(5).join(" ") })
    })
  })
