import type { PlatformError } from "effect/PlatformError"
import * as Predicate from "effect/Predicate"
import { CommandFailed } from "./CommandFailed.ts"

interface Advice {
  readonly read?: string
  readonly write?: string
  /** Whether the path is wrong. Otherwise the same command may succeed later. */
  readonly isUsage: boolean
}

/** What to do about a failure of the system, by its code. */
const adviceByCode: Readonly<Record<string, Advice>> = {
  EACCES: {
    read: "Give a file that you may read.",
    write: "Choose a place that you may write to.",
    isUsage: true,
  },
  EISDIR: { read: "Give a file in it.", write: "Give the name of a file in it.", isUsage: true },
  ELOOP: { read: "Give the file itself.", write: "Give the file itself.", isUsage: true },
  ENAMETOOLONG: { write: "Give a shorter name.", isUsage: true },
  ENOENT: { write: "Make its folder first, or give another path.", isUsage: true },
  ENOTDIR: { write: "A part of the path is a file: give another path.", isUsage: true },
  EPERM: { write: "Choose a place that you may write to.", isUsage: true },
  EROFS: { write: "Choose a place that you may write to.", isUsage: true },
  EDQUOT: { write: "Free some space there, or write to another place.", isUsage: false },
  ENOSPC: { write: "Free some space there, or write to another place.", isUsage: false },
}

const stringOf = (cause: unknown, name: "code" | "message"): string =>
  Predicate.hasProperty(cause, name) && typeof cause[name] === "string" ? cause[name] : ""

/** The system's code of the failure, such as `ENOSPC`; empty if there is none. */
export const systemCode = ({ reason }: PlatformError): string => stringOf(reason.cause, "code")

/** The system's own words: Node writes `ENOSPC: no space left on device, write`. */
const systemText = ({ reason }: PlatformError): string =>
  /^E[A-Z\d]+: ([^,]+)/.exec(stringOf(reason.cause, "message"))?.[1] ?? reason.description ?? reason.message

const done = { read: "read", write: "written" } as const

/**
 * A file or a standard stream that cannot be read or written, in one sentence, and what to do.
 *
 * @param name of it, for people
 */
export const systemFailure =
  (task: "read" | "write", name: string) =>
  (error: PlatformError): CommandFailed => {
    const advice = adviceByCode[systemCode(error)]
    const next = advice?.[task]
    return new CommandFailed({
      message: `${name} cannot be ${done[task]}: ${systemText(error)}.${next === undefined ? "" : ` ${next}`}`,
      exit: advice?.isUsage === true ? "usage" : "io_failed",
    })
  }
