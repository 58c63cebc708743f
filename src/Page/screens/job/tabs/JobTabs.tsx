import type { Job } from "../../../client/jobs.ts"
import { type Tab, Tabs } from "../../../components/controls/Tabs.tsx"
import { count } from "../../../format/numbers.ts"
import type { Place } from "../../../navigation/place.ts"
import { ColumnsTab } from "./ColumnsTab.tsx"
import { DetailsTab } from "./DetailsTab.tsx"
import { RejectsTab } from "./RejectsTab.tsx"
import { RowsTab } from "./RowsTab.tsx"

/** What is known of the job, a tab for each kind. The selected one is in the URL. */
export const JobTabs = (props: { readonly job: Job; readonly place: Place }) => {
  const { job, place } = props
  const { columns, progress } = job
  const tabs: ReadonlyArray<Tab> = [
    { id: "rows", label: "Rows", content: () => <RowsTab job={job} place={place} /> },
    {
      id: "columns",
      label: columns === null ? "Columns" : `Columns (${count(columns.length)})`,
      content: () => <ColumnsTab job={job} />,
    },
    {
      id: "rejects",
      label: progress.rowsRejected === 0 ? "Rejects" : `Rejects (${count(progress.rowsRejected)})`,
      content: () => <RejectsTab job={job} />,
    },
    { id: "details", label: "Details", content: () => <DetailsTab job={job} /> },
  ]
  return <Tabs label="About this job" tabs={tabs} place={place} />
}
