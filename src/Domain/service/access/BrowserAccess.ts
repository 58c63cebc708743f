import * as Context from "effect/Context"

/** The names by which browsers may reach the API, and the other sites that may use it. */
export const BrowserAccess = Context.Reference<{
  /** Names besides `localhost`, in lower case. A port of `null` is any port. */
  readonly publicHosts: ReadonlyArray<{ readonly host: string; readonly port: number | null }>
  /** Origins of other sites, `https://app.example.org`. */
  readonly allowedOrigins: ReadonlyArray<string>
}>("sluice/Domain/BrowserAccess", { defaultValue: () => ({ publicHosts: [], allowedOrigins: [] }) })
