import { Flag, GlobalFlag } from "effect/cli"

/** Where the server listens; without it `SLUICE_URL` decides. */
export const ServerUrl = GlobalFlag.Setting("url")({
  flag: Flag.String("url").pipe(
    Flag.withMetavar("<URL>"),
    Flag.withDescription("The server; also SLUICE_URL. Default: http://localhost:3000"),
    Flag.optional,
  ),
})

/** The API key, which a process list would show if it were an argument, so there is a variable for it. */
export const ApiKey = GlobalFlag.Setting("key")({
  flag: Flag.Redacted("api-key").pipe(
    Flag.withMetavar("<key>"),
    Flag.withDescription("One of the server's API keys; better in SLUICE_API_KEY"),
    Flag.optional,
  ),
})

/** Whether standard output gets one JSON document. */
export const Json = GlobalFlag.Setting("json")({
  flag: Flag.Boolean("json").pipe(
    Flag.withDescription("Write one JSON document to standard output, as the API returns it"),
    Flag.withDefault(false),
  ),
})

/** The database of a command that runs without a server. */
export const Database = GlobalFlag.Setting("db")({
  flag: Flag.Redacted("db").pipe(
    Flag.withMetavar("<postgres://…>"),
    Flag.withDescription("Run without a server, on this database: a URI, or settings as for psql"),
    Flag.optional,
  ),
})
