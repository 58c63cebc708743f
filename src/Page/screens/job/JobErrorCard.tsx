import type { JobError } from "../../../Domain/job/Job.ts"
import type { Job } from "../../client/jobs.ts"
import { Notice } from "../../components/notices/Notice.tsx"
import { count } from "../../format/numbers.ts"

const placeOf = ({ byteOffset, column, line, record }: JobError): string =>
  [
    ["line", line],
    ["record", record],
    ["column", column],
    ["byte", byteOffset],
  ]
    .flatMap(([name, value]) => (typeof value === "number" ? [`${name} ${count(value)}`] : []))
    .join(", ")

const titles: Readonly<Partial<Record<Job["state"], string>>> = {
  failed: "The job failed, and nothing was loaded",
  retry: "The attempt failed; another one follows",
  active: "The attempt before this one failed",
}

/** Why the latest attempt failed, where in the file, and what the code means. */
export const JobErrorCard = (props: { readonly job: Job; readonly error: JobError }) => {
  const { error, job } = props
  const place = placeOf(error)
  return (
    <Notice
      tone={job.state === "failed" ? "bad" : "warn"}
      title={titles[job.state] ?? "The latest attempt failed"}
      isUrgent={job.state === "failed"}
    >
      <p>{error.message}</p>
      <p className="muted">
        {place === "" ? null : `In the file: ${place}. `}
        Code <a href={`problems/${error.code}`}>{error.code}</a>
      </p>
    </Notice>
  )
}
