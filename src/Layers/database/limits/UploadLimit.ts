import type * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import type { CallerId } from "../../../Domain/service/Caller.ts"
import { admitWithin } from "./admitWithin.ts"

export interface UploadLimits {
  readonly uploads: number
  readonly totalUploads: number
}

/**
 * Inserts the job of an upload unless too many uploads run. Only claimed jobs are counted, and an upload is one from its creation to
 * its end, so a queue of any length costs nothing here.
 */
export const admit = <A, E, R>(
  sql: SqlClient.SqlClient,
  caller: CallerId,
  { totalUploads, uploads }: UploadLimits,
  insert: Effect.Effect<A, E, R>,
) =>
  admitWithin(
    sql,
    {
      limit: "uploads",
      caller,
      taken: sql`
        from sluice.claim join sluice.job on id = job_id
        where final_state is null and starts_with(shown_url, 'upload:')`,
      perCaller: uploads,
      total: totalUploads,
    },
    insert,
  )
