import * as Redacted from "effect/Redacted"

/**
 * Unqualified names mean Postgres' own objects. In a schema where another role may create, a better match for an
 * operator or function would run with Sluice's rights (CVE-2018-1058).
 */
const searchPath = "pg_catalog,pg_temp"

/**
 * The connection string with the session's settings as startup options: they outrank ALTER ROLE and ALTER DATABASE,
 * and every driver sends them before the first statement. The URL's own options stay, but cannot override them; pg
 * would let them replace a pool's `options`.
 *
 * @param settings values without spaces
 */
export const withSettings = (url: Redacted.Redacted, settings: Readonly<Record<string, string>>): string => {
  const parsed = new URL(Redacted.value(url))
  const options = Object.entries({ ...settings, search_path: searchPath }).map(
    ([name, value]) => `-c ${name}=${value}`,
  )
  const given = parsed.searchParams.get("options")
  parsed.searchParams.set("options", [...(given === null ? [] : [given]), ...options].join(" "))
  return parsed.href
}
