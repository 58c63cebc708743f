import * as Redacted from "effect/Redacted"

/**
 * Unqualified names refer to Postgres's own objects only. With a schema in the path in which another role can create, a
 * better matching function or operator of that role would run with Sluice's rights (CVE-2018-1058).
 */
const searchPath = "pg_catalog,pg_temp"

/**
 * The connection string with session settings as startup options. These take precedence over ALTER ROLE and ALTER
 * DATABASE, and every driver sends them before the first statement. The URL's own options are kept but cannot override
 * them. (pg lets the URL's options replace those of a pool, hence the string.)
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
