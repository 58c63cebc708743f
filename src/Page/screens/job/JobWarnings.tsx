import type { Job } from "../../client/jobs.ts"
import { WarningList } from "../../components/notices/WarningList.tsx"

/** What to check about how the file was read. */
export const JobWarnings = ({ job }: { readonly job: Job }) =>
  job.warnings === null || job.warnings.length === 0 ? null : (
    <section className="stack" aria-label="Warnings">
      <h2>To check</h2>
      <WarningList warnings={job.warnings} />
    </section>
  )
