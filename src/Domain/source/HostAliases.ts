import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { type HostAndPort, hostOf, inUrl, parse as parseHostAndPort, portOf } from "./HostAndPort.ts"

/** An entry of `SOURCE_HOST_ALIASES` that cannot be understood. */
export class InvalidHostAlias extends Schema.TaggedError<InvalidHostAlias>()("InvalidHostAlias", {
  entry: Schema.String,
  message: Schema.String,
}) {}

/** A host that is reached under another name. */
export interface HostAlias {
  /** Without a port: the host on any port. */
  readonly from: HostAndPort
  /** Without a port: the port of the URL stays. */
  readonly to: HostAndPort
}

const invalid = (entry: string, complaint: string) =>
  new InvalidHostAlias({
    entry,
    message: `SOURCE_HOST_ALIASES: "${entry}" ${complaint}. Write localhost:8000=fileserver:8000.`,
  })

const parseEntry = (entry: string): Result.Result<HostAlias, InvalidHostAlias> => {
  const sides = entry.split("=").map((side) => side.trim())
  if (sides.length !== 2) return Result.fail(invalid(entry, "is not of the form host=host"))
  const side = (text: string) =>
    Result.mapError(parseHostAndPort(text), (complaint) =>
      invalid(entry, `is malformed: "${text}" ${complaint}`),
    )
  return Result.all({ from: side(sides[0]!), to: side(sides[1]!) })
}

/** Reads the entries of `SOURCE_HOST_ALIASES`, each `host[:port]=host[:port]`. */
export const parse = (
  entries: ReadonlyArray<string>,
): Result.Result<ReadonlyArray<HostAlias>, InvalidHostAlias> => Result.all(entries.map(parseEntry))

/**
 * The URL to dial: host and port replaced by those of the first alias that fits, all else kept. Applied once:
 * an alias does not lead to another. It gives no permission, so an alias to a private host needs its entry
 * in `ALLOWED_HOSTS` as well.
 */
export const apply = (aliases: ReadonlyArray<HostAlias>, url: URL): URL => {
  const host = hostOf(url)
  const port = portOf(url)
  const alias = aliases.find(({ from }) => from.host === host && (from.port ?? port) === port)
  if (alias === undefined) return url
  const dialled = new URL(url)
  dialled.hostname = inUrl(alias.to.host)
  if (alias.to.port !== null) dialled.port = String(alias.to.port)
  return dialled
}
