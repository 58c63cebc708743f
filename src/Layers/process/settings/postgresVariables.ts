import * as Config from "effect/Config"
import * as Option from "effect/Option"

/** libpq's environment variables, and the connection parameters for which they are the default. */
export const postgresVariables = {
  PGHOST: "host",
  PGHOSTADDR: "hostaddr",
  PGPORT: "port",
  PGDATABASE: "dbname",
  PGUSER: "user",
  PGPASSWORD: "password",
  PGPASSFILE: "passfile",
  PGAPPNAME: "application_name",
  PGOPTIONS: "options",
  PGCONNECT_TIMEOUT: "connect_timeout",
  PGTARGETSESSIONATTRS: "target_session_attrs",
  PGCHANNELBINDING: "channel_binding",
  PGSSLMODE: "sslmode",
  PGSSLROOTCERT: "sslrootcert",
  PGSSLCERT: "sslcert",
  PGSSLKEY: "sslkey",
  PGSSLMINPROTOCOLVERSION: "ssl_min_protocol_version",
  PGSSLMAXPROTOCOLVERSION: "ssl_max_protocol_version",
} as const

/** Variables of libpq that change to whom it connects, or what it trusts, and that the drivers cannot follow. */
export const unsupportedPostgresVariables: ReadonlyArray<string> = [
  "PGSERVICE",
  "PGREQUIREAUTH",
  "PGREQUIREPEER",
  "PGSSLCRL",
  "PGSSLCRLDIR",
  "PGLOADBALANCEHOSTS",
]

/** Connection parameters from libpq's environment variables, by libpq's names. */
export const postgresDefaults: Config.Config<Readonly<Record<string, string>>> = Config.map(
  Config.all(
    Object.entries(postgresVariables).map(([variable, parameter]) =>
      Config.NonEmptyString(variable).pipe(
        Config.option,
        Config.map(Option.map((value) => [parameter, value] as const)),
      ),
    ),
  ),
  (found) => Object.fromEntries(found.flatMap(Option.toArray)),
)

/** Whether the configuration names a database. If not, `npm start` runs its own. */
export const namesDatabase = (config: {
  readonly databaseUrl: Option.Option<unknown>
  readonly databaseDefaults: Readonly<Record<string, string>>
}): boolean => Option.isSome(config.databaseUrl) || config.databaseDefaults["host"] !== undefined
