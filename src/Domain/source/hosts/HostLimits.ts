import * as Result from "effect/Result"
import * as HostAndPort from "./HostAndPort.ts"

/** How many files of one host may be loaded at a time; `null`: any number. */
export interface HostLimits {
  /** Of a host that has no limit of its own. */
  readonly usual: number | null
  readonly ofHosts: ReadonlyMap<string, number | null>
}

export const defaultHostLimits: HostLimits = { usual: 4, ofHosts: new Map() }

/** The limit of a host, as `hostOf` spells it. */
export const limitOf = ({ ofHosts, usual }: HostLimits, host: string): number | null => {
  const own = ofHosts.get(host)
  return own === undefined ? usual : own
}

const most = 1_000_000

const parseLimit = (text: string): Result.Result<number | null, string> => {
  if (text === "unlimited") return Result.succeed(null)
  const limit = /^\d{1,7}$/.test(text) ? Number(text) : 0
  return limit >= 1 && limit <= most ? Result.succeed(limit) : Result.fail(text)
}

/** Parses `4`, `unlimited`, and entries for hosts after it: `4,files.example.org=16,10.1.2.3=unlimited`. */
export const parse = (text: string): Result.Result<HostLimits, string> => {
  const [usual = "", ...entries] = text.split(",").map((entry) => entry.trim())
  const limits = entries.map((entry) => {
    const at = entry.lastIndexOf("=")
    const [host, limit] = [entry.slice(0, Math.max(0, at)), entry.slice(at + 1)]
    return Result.all([HostAndPort.parse(host.trim()), parseLimit(limit.trim())])
  })
  return Result.all({ usual: parseLimit(usual), limits: Result.all(limits) }).pipe(
    Result.flatMap(({ limits, usual }) =>
      limits.every(([{ port }]) => port === null)
        ? Result.succeed({ usual, ofHosts: new Map(limits.map(([{ host }, limit]) => [host, limit])) })
        : Result.fail(text),
    ),
  )
}
