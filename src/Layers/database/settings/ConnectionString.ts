import * as Result from "effect/Result"

/** Connection parameters by libpq's names. */
export type Parameters = Readonly<Record<string, string>>

/** A part of a URI, in which `%` must introduce an encoded byte. */
const decoded = (text: string): Result.Result<string, string> =>
  Result.try({
    try: () => decodeURIComponent(text),
    catch: () => "has a % that does not encode a character: write %25 for the character %",
  })

const uri =
  /^postgres(?:ql)?:\/\/(?:(?<user>[^@/:]*)(?::(?<password>[^@/]*))?@)?(?<hosts>[^/?]*)(?:\/(?<dbname>[^?@]*))?(?:\?(?<query>.*))?$/s

/** `name`, `name:port`, `[address]:port`; the port may be missing. */
const hostAndPort = /^(?<host>\[[^\]]*\]|[^:]*)(?::(?<port>[^:]*))?$/

const fromUri = (text: string): Result.Result<Parameters, string> =>
  Result.gen(function* () {
    const found = uri.exec(text)?.groups
    if (found === undefined)
      return yield* Result.fail(
        "is not a Postgres connection string: write / and @ in a password as %2F and %40",
      )
    const { dbname, hosts = "", password, query, user } = found
    const parameters: Record<string, string> = {}
    const set = (name: string, value: string | undefined) =>
      Result.map(decoded(value ?? ""), (text) => void (text === "" || (parameters[name] = text)))
    const listed = hosts.split(",").map((each) => hostAndPort.exec(each)?.groups)
    if (listed.some((each) => each === undefined))
      return yield* Result.fail("has a host that is neither name:port nor [address]:port")
    yield* set("user", user)
    yield* set("password", password)
    yield* set("host", listed.map((each) => each?.["host"]?.replace(/^\[(.*)\]$/, "$1")).join(","))
    yield* set("port", listed.map((each) => each?.["port"] ?? "").join(","))
    yield* set("dbname", dbname)
    for (const pair of (query ?? "").split("&").filter((each) => each !== "")) {
      const [name = "", ...value] = pair.split("=")
      if (value.length === 0) return yield* Result.fail("has a parameter without a value")
      // libpq keeps a +, but URLSearchParams and its like write spaces of `options` as +.
      yield* set(name, name === "options" ? value.join("=").replaceAll("+", " ") : value.join("="))
    }
    return parameters
  })

const pair = /\s*(?<name>\w+)\s*=\s*(?:'(?<quoted>(?:[^'\\]|\\.)*)'|(?<plain>(?:[^\s\\']|\\.)*))(?:\s+|$)/sy

const fromPairs = (text: string): Result.Result<Parameters, string> => {
  const parameters: Record<string, string> = {}
  const pattern = new RegExp(pair)
  while (pattern.lastIndex < text.length) {
    const found = pattern.exec(text)?.groups
    if (found === undefined) return Result.fail("is not a Postgres connection string")
    const { name = "", plain, quoted } = found
    parameters[name] = (quoted ?? plain ?? "").replaceAll(/\\(.)/gs, "$1")
  }
  return Result.succeed(parameters)
}

/**
 * Reads a connection string as libpq does: a URI, which may list several hosts, or `keyword=value` pairs. Fails with the
 * second half of a sentence about it, without its values.
 */
export const parse = (text: string): Result.Result<Parameters, string> => {
  if (/^postgres(?:ql)?:\/\//.test(text)) return fromUri(text)
  return /^\s*\w+\s*=/.test(text) ? fromPairs(text) : Result.fail("is not a Postgres connection string")
}
