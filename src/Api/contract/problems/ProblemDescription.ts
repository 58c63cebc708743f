import * as Schema from "effect/Schema"
import { isRetryable, LoadErrorCode } from "../../../Domain/load/LoadError.ts"
import { loadErrorCatalog } from "../../../Domain/load/loadErrorCatalog.ts"
import { isProblemCode, problemCatalog, problemType } from "./problemCatalog.ts"

/** What an error code means, of a request (which has a status) or of a job. */
export const ProblemDescription = Schema.Struct({
  type: Schema.String.annotate({ description: "The path of this explanation." }),
  code: Schema.String,
  status: Schema.NullOr(Schema.Int).annotate({
    description: "The status of the response; null for a code that only jobs have.",
  }),
  title: Schema.String,
  meaning: Schema.String.annotate({ description: "What it means and what to do about it." }),
  isRetried: Schema.NullOr(Schema.Boolean).annotate({
    description: "Whether a job that fails with it is tried again; null for a code that only requests have.",
  }),
}).annotate({
  identifier: "ProblemDescription",
  examples: [
    {
      type: "/problems/job_not_found",
      code: "job_not_found",
      status: 404,
      title: problemCatalog.job_not_found.title,
      meaning: problemCatalog.job_not_found.meaning,
      isRetried: null,
    },
  ],
})

const isLoadErrorCode = Schema.is(LoadErrorCode)

/** `source_not_found` is "Source not found". */
const titleOf = (code: string): string => {
  const words = code.replaceAll("_", " ")
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** All codes that have an explanation. */
export const problemCodes: ReadonlyArray<string> = [
  ...new Set([...Object.keys(problemCatalog), ...LoadErrorCode.literals]),
]

/** The explanation of a code; `undefined` if there is no such code. */
export const describeProblem = (code: string): typeof ProblemDescription.Type | undefined => {
  const isRetried = isLoadErrorCode(code) ? isRetryable(code) : null
  if (isProblemCode(code)) return { type: problemType(code), code, ...problemCatalog[code], isRetried }
  if (!isLoadErrorCode(code)) return undefined
  const { meaning } = loadErrorCatalog[code]
  return { type: problemType(code), code, status: null, title: titleOf(code), meaning, isRetried }
}
