import * as Redacted from "effect/Redacted"

/**
 * Unqualified names refer to Postgres's own objects only. With a schema in the path in which another role can create, a
 * better matching function or operator of that role would run with Sluice's rights (CVE-2018-1058).
 */
const searchPath = "pg_catalog,pg_temp"

/** Statements that wait for a locked row must not use up a pool. They fail and can be retried. */
const defaults = { lock_timeout: "3s" }

/**
 * The connection string with session settings as startup options. These take precedence over ALTER ROLE and ALTER
 * DATABASE, and every driver sends them before the first statement. The URL's own options are kept but cannot override
 * them. (pg lets the URL's options replace those of a pool, hence the string.)
 *
 * @param settings values without spaces; they take precedence over the defaults
 */
export const withSettings = (
  url: Redacted.Redacted,
  settings: Readonly<Record<string, string>> = {},
): string => {
  const parsed = new URL(Redacted.value(url))
  const options = Object.entries({ ...defaults, ...settings, search_path: searchPath }).map(
    ([name, value]) => `-c ${name}=${value}`,
  )
  const given = parsed.searchParams.get("options")
  parsed.searchParams.set("options", [...(given === null ? [] : [given]), ...options].join(" "))
  return parsed.href
}

/**
 * Settings of sessions that hold locks or stream data. The server checks every second whether the client has closed the
 * connection, and detects a dead connection by TCP keepalive within 30 s.
 */
export const detectDeadClient = {
  tcp_keepalives_idle: "10",
  tcp_keepalives_interval: "5",
  tcp_keepalives_count: "4",
  // Postgres on Windows accepts only 0.
  ...(process.platform === "win32" ? {} : { client_connection_check_interval: "1s" }),
}
