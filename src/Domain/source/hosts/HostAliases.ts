import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { type HostAndPort, hostOf, inUrl, parse as parseHostAndPort, portOf } from "./HostAndPort.ts"

/** A malformed entry of `SOURCE_HOST_ALIASES`. */
export class InvalidHostAlias extends Schema.TaggedError<InvalidHostAlias>()("InvalidHostAlias", {
  entry: Schema.String,
  message: Schema.String,
}) {}

/** A host that is reached by another name. */
export interface HostAlias {
  /** Without a port, any port matches. */
  readonly from: HostAndPort
  /** Without a port, the URL's port is kept. */
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

/** Parses the entries of `SOURCE_HOST_ALIASES`, each `host[:port]=host[:port]`. */
export const parse = (
  entries: ReadonlyArray<string>,
): Result.Result<ReadonlyArray<HostAlias>, InvalidHostAlias> => Result.all(entries.map(parseEntry))

/**
 * The URL to dial, with host and port of the first alias that matches. Aliases do not chain. An alias is no permission:
 * a private host must be in `ALLOWED_HOSTS` too.
 */
export const apply = (aliases: ReadonlyArray<HostAlias>, url: URL): URL => {
  const host = hostOf(url)
  const port = portOf(url)
  const alias = aliases.find(({ from }) => from.host === host && (from.port ?? port) === port)
  if (alias === undefined) return url
  const dialed = new URL(url)
  dialed.hostname = inUrl(alias.to.host)
  if (alias.to.port !== null) dialed.port = String(alias.to.port)
  return dialed
}
