import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import type { JobId } from "../../../Domain/job/Job.ts"
import type { FileSelection, PageSelection } from "../../../Domain/job/Jobs.ts"
import { orUnavailable } from "../postgres/Database.ts"
import { run } from "../postgres/Statement.ts"
import type * as FindJobs from "./FindJobs.ts"
import { accessTo } from "./JobAccess.ts"
import { type KeptTable, keptTables } from "./KeptTable.ts"

/** The rejects and skipped lines of jobs. */
export const make = (sql: SqlClient.SqlClient, existing: ReturnType<typeof FindJobs.existing>) => {
  const page = Effect.fnUntraced(function* <A>(
    table: Pick<KeptTable<A>, "itemsOf" | "page">,
    jobId: JobId,
    selection: PageSelection,
  ) {
    const { access } = yield* existing(jobId)
    const rows = yield* run(sql, table.page(access, selection)).pipe(orUnavailable("find rejects"))
    return table.itemsOf(rows, selection.limit)
  })

  return {
    rejects: Effect.fn("Jobs.rejects")((jobId: JobId, selection: PageSelection) =>
      page(keptTables.rejects, jobId, selection),
    ),

    rejectedFile: Effect.fn("Jobs.rejectedFile")(function* (jobId: JobId, selection?: FileSelection) {
      // Counted first: a job that has rejects has its findings.
      const [found] = yield* run(sql, keptTables.rejects.count(yield* accessTo(jobId), selection)).pipe(
        orUnavailable("count rejects"),
      )
      const { job } = yield* existing(jobId)
      const file = job.findings?.files?.find(({ fileUrl }) => fileUrl === selection?.fileUrl)
      return { header: file?.header ?? job.findings?.header ?? null, whole: Number(found?.["whole"]) }
    }),

    skipped: Effect.fn("Jobs.skipped")(function* (jobId: JobId, selection: PageSelection) {
      const items = yield* page(keptTables.skipped, jobId, selection)
      const [found] = yield* run(sql, keptTables.skipped.count(yield* accessTo(jobId))).pipe(
        orUnavailable("count skipped lines"),
      )
      return { ...items, kept: Number(found?.["kept"]) }
    }),
  }
}
