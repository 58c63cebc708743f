import type { Job } from "../../../client/jobs.ts"
import { namedTarget } from "../../../client/tables.ts"
import { CopyableCode, CopyButton } from "../../../components/controls/CopyButton.tsx"
import { type Fact, FactList } from "../../../components/FactList.tsx"
import { delimiterName } from "../../../format/delimiterName.ts"
import { count } from "../../../format/numbers.ts"
import { optionList } from "../../../format/optionList.ts"
import { selectFrom } from "../../../format/selectFrom.ts"
import { exactTime } from "../../../format/times.ts"
import { curlOf } from "./curlOf.ts"

const countsOf = (counts: Readonly<Record<string, number | undefined>> | null): string =>
  counts === null
    ? ""
    : Object.entries(counts)
        .flatMap(([name, number]) => (number === undefined ? [] : [`${name} ${count(number)}`]))
        .join(", ")

const factsOf = (job: Job): ReadonlyArray<Fact> => {
  const { changes, dialect, encoding, fileUrls, jobId, lines, requestedUrl, schemaChanges } = job
  return [
    [
      "Job",
      <>
        <span className="mono">{jobId}</span> <CopyButton text={jobId} what="the id of the job" />
      </>,
    ],
    ...fileUrls.map(
      (fileUrl, place) => [fileUrls.length === 1 ? "File" : `File ${place + 1}`, fileUrl] as const,
    ),
    ["The file's own URL", requestedUrl],
    ["Table", `${job.schema}.${job.table}`],
    ["Database", namedTarget(job.target)],
    ["Mode", job.mode],
    ["Options", optionList(job.options)],
    ["Created", exactTime(job.createdAt)],
    ["Started", job.startedAt === null ? null : exactTime(job.startedAt)],
    ["Ended", job.finishedAt === null ? null : exactTime(job.finishedAt)],
    ["Attempts", job.attempt],
    ["Delimiter", dialect === null ? null : delimiterName(dialect.delimiter)],
    ["Quote", dialect === null ? null : (dialect.quote ?? "none")],
    ["Header", dialect === null ? null : dialect.hasHeader ? "yes" : "no"],
    ["Encoding", encoding],
    ["Compression", encoding === null ? null : (job.compression ?? "none")],
    ["Lines", lines === null ? null : countsOf(lines)],
    ["Skipped lines", countsOf(job.skipped)],
    ["Repaired records", countsOf(job.repairs)],
    ["Rejected records", countsOf(job.rejects)],
    ["Rows of the table", changes === null ? null : countsOf(changes)],
    ["Columns added", schemaChanges?.added.join(", ")],
    ["Columns not in the file", schemaChanges?.missing.join(", ")],
    ["Columns not loaded", schemaChanges?.ignored.join(", ")],
  ]
}

/** How the file was read, and the same job as commands. */
export const DetailsTab = ({ job }: { readonly job: Job }) => {
  return (
    <div className="stack wide-stack">
      <FactList facts={factsOf(job)} />
      {job.state === "completed" ? (
        <div className="stack">
          <h3>Look at the rows</h3>
          <CopyableCode what="the query" text={selectFrom(job)} />
        </div>
      ) : null}
      <div className="stack">
        <h3>The same with curl</h3>
        <CopyableCode what="the commands" text={curlOf(job)} />
      </div>
    </div>
  )
}
