import { readFile, writeFile } from "node:fs/promises"

/** Clock ticks a second in /proc (`USER_HZ`, 100 on every Linux that Node runs on; proc(5)). */
const ticksPerSecond = 100

/** A line of `/proc/<pid>/stat`, proc(5). */
export interface ProcessTimes {
  readonly command: string
  /** User and system time, in seconds. */
  readonly cpuSeconds: number
}

/** Reads a line of `/proc/<pid>/stat`; the command, in parentheses, may itself hold any sign. */
export const parseStat = (line: string): ProcessTimes | null => {
  const match = /^\d+ \((.*)\) (\S.*)$/s.exec(line.trimEnd())
  if (match === null) return null
  // The state, which is the third field, comes first here.
  const fields = match[2]!.split(" ").map(Number)
  return {
    command: match[1]!,
    cpuSeconds: (fields[11]! + fields[12]!) / ticksPerSecond,
  }
}

/** Reads below /proc; `null` where there is none, or the process is gone or somebody else's. */
const read = async (pid: number, file: string): Promise<string | null> => {
  try {
    return await readFile(`/proc/${pid}/${file}`, "utf8")
  } catch {
    return null
  }
}

export const timesOf = async (pid: number): Promise<ProcessTimes | null> => {
  const stat = await read(pid, "stat")
  return stat === null ? null : parseStat(stat)
}

/** A backend's times; `null` when the process of that number is no Postgres, for then the server is elsewhere. */
export const backendTimesOf = async (pid: number): Promise<ProcessTimes | null> => {
  const times = await timesOf(pid)
  return times?.command === "postgres" ? times : null
}

/** Reads the peak from the text of `/proc/<pid>/status`, which counts kB of 1024 bytes. */
export const parsePeak = (status: string): number | null => {
  const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1]
  return kilobytes === undefined ? null : Number(kilobytes) * 1024
}

/** Largest resident memory in bytes since the process began or the peak was reset. */
export const peakMemoryOf = async (pid: number): Promise<number | null> => {
  const status = await read(pid, "status")
  return status === null ? null : parsePeak(status)
}

/** Lets the peak begin anew from what is resident now (proc(5), `clear_refs`, 5); answers whether it could. */
export const resetPeakMemory = async (pid: number): Promise<boolean> => {
  try {
    await writeFile(`/proc/${pid}/clear_refs`, "5")
    return true
  } catch {
    return false
  }
}
