import { listSources } from "../../client/sources.ts"
import { useAnswer } from "../../client/useAnswer.ts"
import { fileNameOf } from "../../format/shorten.ts"

/** Chooses one of the sources. */
export const SourceFilter = (props: {
  readonly id: string
  readonly value: string
  readonly onChange: (sourceId: string) => void
}) => {
  const { id, onChange, value } = props
  const { answer } = useAnswer("sources", (signal) => listSources({ limit: 200 }, signal))
  const sources = answer?._tag === "Success" ? answer.value.sources : []
  return (
    <select id={id} className="input" value={value} onChange={({ target }) => onChange(target.value)}>
      <option value="">any, or none</option>
      {value === "" || sources.some(({ sourceId }) => sourceId === value) ? null : (
        <option value={value}>{value}</option>
      )}
      {sources.map(({ fileUrl, sourceId, table }) => (
        <option key={sourceId} value={sourceId}>
          {table} from {fileNameOf(fileUrl)}
        </option>
      ))}
    </select>
  )
}
