import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { createHash } from "node:crypto"
import type { ApiKey } from "../../../Domain/service/ApiKeys.ts"
import { ordinaryScopes, Scope } from "../../../Domain/service/Scope.ts"
import { digestOf, isSecret } from "./KeySecret.ts"

/** A key that the API accepts. Its secret is not kept. */
export interface KnownKey extends ApiKey {
  /** SHA-256 of the secret. */
  readonly digest: Buffer
  /** Milliseconds since 1970 from which the key is refused; `null`: never. */
  readonly expiresAt: number | null
}

/** `name:scope+scope:SHA-256 in hex`, and a date or time after another colon. */
const entryForm = /^([^:]*):([^:]*):([^:]*)(?::(.*))?$/
const digestForm = /^[0-9a-f]{64}$/i
const nameForm = /^[\w.@-]{1,64}$/
const expiryForm = /^(\d{4}-\d{2}-\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))?$/

const isScope = Schema.is(Scope)
const allScopes = Scope.literals.join(", ")

/**
 * A plain key has no name of its own. Logs show this one, by which a weak key could be guessed: `npm run key` makes keys that
 * nobody guesses.
 */
const nameOfPlain = (secret: string): string =>
  `key-${createHash("sha256").update(`name of ${secret}`).digest("hex").slice(0, 8)}`

/** A date is the start of its day in UTC. */
const expiryOf = (text: string): number | undefined => {
  const [, day = ""] = expiryForm.exec(text) ?? []
  const start = new Date(day)
  // `new Date("2027-02-30")` is a day in March.
  if (Number.isNaN(start.getTime()) || start.toISOString().slice(0, 10) !== day) return undefined
  const time = Date.parse(text)
  return Number.isNaN(time) ? undefined : time
}

/** What is wrong with an entry, without any part of it that could be a secret. */
const parseEntry = (entry: string): Result.Result<KnownKey, string> => {
  if (entry === "") return Result.fail("is empty")
  if (!entry.includes(":"))
    return Result.succeed({
      name: nameOfPlain(entry),
      scopes: ordinaryScopes,
      digest: digestOf(entry),
      expiresAt: null,
    })
  const [, name = "", scopeText = "", digest = "", expiry] = entryForm.exec(entry) ?? []
  const scopes = scopeText.split("+")
  const isDigest = digestForm.test(digest)
  if (!isDigest && !scopes.every(isScope))
    return Result.fail("has a colon but not the form name:scope+scope:SHA-256 (npm run key makes an entry)")
  if (!nameForm.test(name) || isSecret(name))
    return Result.fail("has a name that is not 1 to 64 letters, digits or ._@-")
  const fail = (problem: string) => Result.fail(`(${name}) ${problem}`)
  if (!isDigest) return fail("has no SHA-256 of 64 hexadecimal digits after its scopes")
  const known = scopes.filter(isScope)
  if (known.length < scopes.length) return fail(`has an unknown scope; the scopes are ${allScopes}`)
  const expiresAt = expiry === undefined ? null : expiryOf(expiry)
  if (expiresAt === undefined)
    return fail("has an expiry that is neither a date (2027-01-31) nor a time (2027-01-31T12:00:00Z)")
  return Result.succeed({ name, scopes: new Set(known), digest: Buffer.from(digest, "hex"), expiresAt })
}

interface Entry {
  /** Its place, for messages. */
  readonly place: string
  readonly text: string
}

/** Entries are separated by commas or line breaks. A line that is empty, or starts with `#`, has none. */
const entriesOf = (text: string): ReadonlyArray<Entry> => {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/)
  return lines.flatMap((line, index) => {
    if (/^\s*(#|$)/.test(line)) return []
    const entries = line.split(",").map((entry) => entry.trim())
    return entries.map((entry, n) => ({
      place: [
        lines.length > 1 ? `line ${index + 1}` : "",
        entries.length > 1 || lines.length === 1 ? `entry ${n + 1}` : "",
      ]
        .filter((part) => part !== "")
        .join(", "),
      text: entry,
    }))
  })
}

/** The keys of `API_KEYS` or `API_KEYS_FILE`. Fails with a sentence that names the first bad entry but shows no secret. */
export const parseApiKeys = (text: string): Result.Result<ReadonlyArray<KnownKey>, string> =>
  Result.gen(function* () {
    const found = new Map<string, KnownKey & { readonly place: string }>()
    for (const { place, text: entry } of entriesOf(text)) {
      const key = yield* Result.mapError(parseEntry(entry), (problem) => `${place} ${problem}`)
      const id = key.digest.toString("hex")
      const before = found.get(id)
      if (before !== undefined && before.name !== key.name)
        return yield* Result.fail(`${before.place} and ${place} are the same key under two names`)
      found.set(id, { ...key, place })
    }
    return [...found.values()]
  })
