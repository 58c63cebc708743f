import { type FormEvent, useState } from "react"
import type { Problem } from "../../client/http/Problem.ts"
import { changeSource, findSource, type Source } from "../../client/sources.ts"
import { useAnswer } from "../../client/useAnswer.ts"
import { Field } from "../../components/controls/Field.tsx"
import { Notice } from "../../components/notices/Notice.tsx"
import { ProblemNotice } from "../../components/notices/ProblemNotice.tsx"
import { Link } from "../../navigation/Link.tsx"
import { goTo, linkTo } from "../../navigation/place.ts"
import { changeOf, type WrittenOptions } from "../../options/LoadForm.ts"
import { secretOptions, writtenOptions } from "../../options/writtenOptions.ts"
import { modeOf } from "./describeSource.ts"
import { scheduleChange, writtenScheduleOf } from "./ScheduleFields.tsx"
import { SourceFields, wrongIn } from "./SourceFields.tsx"

/** The form for a source that has been read. Only what was changed in it is sent. */
const SourceForm = ({ source }: { readonly source: Source }) => {
  const { sourceId, table } = source
  const [before] = useState<WrittenOptions>(() => {
    const { tableName: _, ...options } = writtenOptions(source.options)
    return { ...options, mode: modeOf(source) }
  })
  const [fileUrl, setFileUrl] = useState(source.fileUrl)
  const [options, setOptions] = useState(before)
  const [schedule, setSchedule] = useState(() => writtenScheduleOf(source))
  const [removed, setRemoved] = useState<ReadonlyArray<string>>([])
  const [wrong, setWrong] = useState<string | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [isSending, setIsSending] = useState(false)
  const secret = secretOptions(source.options)
  const back = linkTo(["sources", sourceId])

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const complaint = wrongIn(options)
    setWrong(complaint)
    setProblem(null)
    if (complaint !== null) return
    const form = changeOf(before, options)
    for (const name of removed) if ((options[name] ?? "") === "") form.append("unset", name)
    for (const [name, value] of scheduleChange(source, schedule)) form.append(name, value)
    if (fileUrl.trim() !== source.fileUrl) form.set("fileUrl", fileUrl.trim())
    if (form.size === 0) return goTo(back)
    setIsSending(true)
    const answer = await changeSource(sourceId, form)
    setIsSending(false)
    if (answer._tag === "Success") goTo(back)
    else setProblem(answer.problem)
  }

  return (
    <form className="stack source-form" onSubmit={submit} noValidate>
      <div>
        <h1>Edit the source of {table}</h1>
        <p className="muted">The next run has these options. Another file or table needs another source.</p>
      </div>
      <SourceFields options={options} onOptions={setOptions} schedule={schedule} onSchedule={setSchedule}>
        <Field label="URL of the file, if secrets in it have changed">
          {(id) => (
            <input
              id={id}
              className="input"
              type="url"
              value={fileUrl}
              autoComplete="off"
              spellCheck={false}
              onChange={({ target }) => setFileUrl(target.value)}
            />
          )}
        </Field>
      </SourceFields>
      {secret.length === 0 ? null : (
        <div>
          <p className="muted">
            The page does not know {secret.join(" and ")} of the source, which stay unless you give others.
          </p>
          {secret.map((name) => (
            <label key={name} className="row">
              <input
                type="checkbox"
                checked={removed.includes(name)}
                onChange={({ target }) =>
                  setRemoved([
                    ...removed.filter((other) => other !== name),
                    ...(target.checked ? [name] : []),
                  ])
                }
              />
              Remove {name}
            </label>
          ))}
        </div>
      )}
      {wrong === null ? null : (
        <Notice tone="bad" isUrgent>
          <p>{wrong}</p>
        </Notice>
      )}
      {problem === null ? null : <ProblemNotice problem={problem} />}
      <div className="row">
        <button type="submit" className="button primary" disabled={isSending}>
          {isSending ? "Saving…" : "Save the changes"}
        </button>
        <Link className="button" href={back}>
          Cancel
        </Link>
      </div>
    </form>
  )
}

/** Changes a source: its times and its options. */
export const EditSource = ({ sourceId }: { readonly sourceId: string }) => {
  const { again, answer } = useAnswer(sourceId, (signal) => findSource(sourceId, signal))
  if (answer === null) return <p className="muted">Loading the source…</p>
  return answer._tag === "Failure" ? (
    <ProblemNotice problem={answer.problem} again={again} />
  ) : (
    <SourceForm source={answer.value} />
  )
}
