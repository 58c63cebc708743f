import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type { HttpClient } from "effect/http"
import type { CommandFailed } from "../CommandFailed.ts"

/** The whole service inside this process, for loads without a server. */
export class OwnService extends Context.Service<
  OwnService,
  {
    /**
     * A client of the service on this database, started at the first call and stopped with the process.
     *
     * @param runsJobs whether it also runs the jobs that wait in the database, from this call on
     */
    readonly start: (
      database: Redacted.Redacted,
      runsJobs: boolean,
    ) => Effect.Effect<HttpClient.HttpClient, CommandFailed>
  }
>()("sluice/Cli/OwnService") {}
