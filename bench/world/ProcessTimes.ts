import { readFile, writeFile } from "node:fs/promises"

/** Clock ticks per second in /proc (`USER_HZ`, 100 on every Linux that Node runs on; proc(5)). */
const ticksPerSecond = 100

/** A line of `/proc/<pid>/stat`, proc(5). */
export interface ProcessTimes {
  readonly command: string
  /** User and system time, in seconds. */
  readonly cpuSeconds: number
}

/** Parses a line of `/proc/<pid>/stat`. The command, in parentheses, may contain any character. */
export const parseStat = (line: string): ProcessTimes | null => {
  const match = /^\d+ \((.*)\) (\S.*)$/s.exec(line.trimEnd())
  if (match === null) return null
  // Starts with the third field, the state.
  const fields = match[2]!.split(" ").map(Number)
  return {
    command: match[1]!,
    cpuSeconds: (fields[11]! + fields[12]!) / ticksPerSecond,
  }
}

/** `null` without /proc, or if the process has ended or belongs to another user. */
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

/** CPU seconds of a process; `null` without /proc. */
export const cpuSecondsOf = async (pid: number): Promise<number | null> =>
  (await timesOf(pid))?.cpuSeconds ?? null

/** CPU seconds between two results of `cpuSecondsOf`. */
export const between = (before: number | null, after: number | null): number | null =>
  before === null || after === null ? null : after - before

/** A backend's times; `null` if the process is not Postgres, because then the server is on another machine. */
export const backendTimesOf = async (pid: number): Promise<ProcessTimes | null> => {
  const times = await timesOf(pid)
  return times?.command === "postgres" ? times : null
}

/** Parses the peak memory from `/proc/<pid>/status`, in bytes. */
export const parsePeak = (status: string): number | null => {
  const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1]
  return kilobytes === undefined ? null : Number(kilobytes) * 1024
}

/** Peak resident memory in bytes since the process started or the peak was reset. */
export const peakMemoryOf = async (pid: number): Promise<number | null> => {
  const status = await read(pid, "status")
  return status === null ? null : parsePeak(status)
}

/** Resets the peak to the current resident memory (proc(5), `clear_refs`); returns whether that worked. */
export const resetPeakMemory = async (pid: number): Promise<boolean> => {
  try {
    await writeFile(`/proc/${pid}/clear_refs`, "5")
    return true
  } catch {
    return false
  }
}
