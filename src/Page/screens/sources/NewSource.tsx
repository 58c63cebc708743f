import { type FormEvent, useState } from "react"
import type { Problem } from "../../client/http/Problem.ts"
import { createSource } from "../../client/sources.ts"
import { Field } from "../../components/controls/Field.tsx"
import { Notice } from "../../components/notices/Notice.tsx"
import { ProblemNotice } from "../../components/notices/ProblemNotice.tsx"
import { wrongUrl } from "../../format/wrongUrl.ts"
import { Link } from "../../navigation/Link.tsx"
import { goTo, linkTo, type Place } from "../../navigation/place.ts"
import { formOf, optionsIn, type WrittenOptions } from "../../options/LoadForm.ts"
import { newSchedule, scheduleForm } from "./ScheduleFields.tsx"
import { SourceFields, wrongIn } from "./SourceFields.tsx"

const wrongInAll = (fileUrl: string, options: WrittenOptions): string | null => {
  const complaint = wrongUrl(fileUrl)
  if (complaint !== null) return complaint
  if ((options["tableName"] ?? "").trim() === "") return "Give the name of the table to load into."
  return wrongIn(options)
}

/** Makes a source. The query of the page may have its first values. */
export const NewSource = ({ place }: { readonly place: Place }) => {
  const [fileUrl, setFileUrl] = useState(place.query.get("fileUrl") ?? "")
  const [options, setOptions] = useState<WrittenOptions>(() => ({
    mode: "replace",
    ...optionsIn(place.query),
  }))
  const [schedule, setSchedule] = useState(newSchedule)
  const [wrong, setWrong] = useState<string | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [isSending, setIsSending] = useState(false)

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const complaint = wrongInAll(fileUrl.trim(), options)
    setWrong(complaint)
    setProblem(null)
    if (complaint !== null) return
    const form = formOf(fileUrl.trim(), options)
    for (const [name, value] of scheduleForm(schedule)) form.set(name, value)
    setIsSending(true)
    const answer = await createSource(form)
    setIsSending(false)
    if (answer._tag === "Success") goTo(linkTo(["sources", answer.value.sourceId]))
    else setProblem(answer.problem)
  }

  return (
    <form className="stack source-form" onSubmit={submit} noValidate>
      <div>
        <h1>New source</h1>
        <p className="muted">The file is loaded now, and again when it has changed.</p>
      </div>
      <Field label="URL of the file">
        {(id) => (
          <input
            id={id}
            className="input"
            type="url"
            value={fileUrl}
            placeholder="https://example.org/trips.csv"
            autoComplete="off"
            spellCheck={false}
            autoFocus
            onChange={({ target }) => setFileUrl(target.value)}
          />
        )}
      </Field>
      <SourceFields options={options} onOptions={setOptions} schedule={schedule} onSchedule={setSchedule}>
        <Field label="Table name">
          {(id) => (
            <input
              id={id}
              className="input mono"
              value={options["tableName"] ?? ""}
              placeholder="trips"
              autoComplete="off"
              spellCheck={false}
              onChange={({ target }) => setOptions((last) => ({ ...last, tableName: target.value }))}
            />
          )}
        </Field>
      </SourceFields>
      {wrong === null ? null : (
        <Notice tone="bad" isUrgent>
          <p>{wrong}</p>
        </Notice>
      )}
      {problem === null ? null : <ProblemNotice problem={problem} />}
      <div className="row">
        <button type="submit" className="button primary" disabled={isSending}>
          {isSending ? "Making the source…" : "Make the source"}
        </button>
        <Link className="button" href={linkTo(["sources"])}>
          Cancel
        </Link>
      </div>
    </form>
  )
}
