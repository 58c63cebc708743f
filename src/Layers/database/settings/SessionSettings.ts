/**
 * Unqualified names refer to Postgres's own objects only. With a schema in the path in which another role can create, a
 * better matching function or operator of that role would run with Sluice's rights (CVE-2018-1058).
 */
const searchPath = "pg_catalog,pg_temp"

/** Of every session, unless it has a value of its own. */
const defaults = {
  // Statements that wait for a locked row must not use up a pool. They fail and can be retried.
  lock_timeout: "3s",
  // A statement has to see what others have committed while it waited for a lock.
  default_transaction_isolation: "read committed",
}

/** @param settings take precedence over the defaults */
export const withDefaults = (
  settings: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> => ({ ...defaults, ...settings, search_path: searchPath })

/**
 * Session settings as startup options. These take precedence over ALTER ROLE and ALTER DATABASE, and every driver sends
 * them before the first statement. Through a pooler, statements make the same settings (`PooledStream`).
 *
 * @param given the operator's own options, which are kept but cannot override Sluice's
 * @param settings take precedence over the defaults
 */
export const sessionOptions = (given: string, settings: Readonly<Record<string, string>> = {}): string =>
  [
    ...(given === "" ? [] : [given]),
    ...Object.entries(withDefaults(settings)).map(
      ([name, value]) => `-c ${name}=${value.replaceAll(/[\\ ]/g, "\\$&")}`,
    ),
  ].join(" ")

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
